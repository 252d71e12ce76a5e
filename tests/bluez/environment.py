"""The part of the guest that is ours: the project, its packages and the Python they run on.

Everything lies in the guest where it lies here, so that nothing has to be relocated.
"""

import compileall
import subprocess
import sys
import sysconfig
from collections.abc import Container, Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from cpio import Archive
from packaging.requirements import Requirement

WANTED = ("eccentread", "pytest", "pytest-asyncio", "pytest-timeout")
"""Distributions that the guest needs, with all that they require."""

PROJECT = ("src", "sim", "protocols", "hardware", "tests/bluez/guest")
UNUSED = {"test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "pydoc_data", "site-packages"}
"""Folders of the standard library and of packages that nobody in the guest imports."""


def pack(archive: Archive, project: Path, places: Container[Path]) -> None:
    """Add the project in the folder `project` and its environment; `places` are in the guest already."""
    python = [Path(sys.executable), *_links(Path(sys.executable))]
    standard_library = Path(sysconfig.get_path("stdlib"))
    packages = list(_packages())
    ours = [project / folder for folder in PROJECT]
    for folder in (standard_library, *ours):
        compileall.compile_dir(folder, quiet=2)  # under emulation this would take far longer than to run it
    for path in (*python, Path(sys.prefix) / "pyvenv.cfg", standard_library, *packages, *ours):
        archive.add(path)
    for library in _libraries([python[-1], *_extensions([standard_library, *packages])]):
        if library not in places:
            archive.add(library)


def unused(place: Path) -> bool:
    """Whether the guest does without what would lie there."""
    return place.name in UNUSED or place.suffix == ".a"


def _links(path: Path) -> Iterator[Path]:
    """Where a symbolic link leads, step by step; never by way of a folder that is one."""
    while path.is_symlink():
        target = path.parent / path.readlink()
        path = target.parent.resolve() / target.name
        yield path


def _packages() -> Iterator[Path]:
    """The top of everything that is installed for `WANTED`."""
    site = Path(sysconfig.get_path("purelib"))
    for one in _closure():
        tops = {file.parts[0] for file in one.files or ()} - {"..", "__pycache__"}
        yield from (site / top for top in sorted(tops) if (site / top).exists())


def _closure() -> Iterable[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(WANTED)
    while waiting:
        one = distribution(waiting.pop())
        if one.name not in found:
            found[one.name] = one
            needs = map(Requirement, one.requires or ())
            waiting += [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    return found.values()


def _extensions(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.glob("**/*.so*") if path.is_dir() else [path] * (".so" in path.suffixes)


def _libraries(binaries: Iterable[Path]) -> Iterator[Path]:
    """The shared libraries that these need."""
    said = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout
    for path in sorted({Path(line.split()[2]) for line in said.splitlines() if " => /" in line}):
        library = path.parent.resolve() / path.name
        yield from (library, *_links(library))
