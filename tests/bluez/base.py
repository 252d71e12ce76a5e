"""The part of the guest that does not change with the project: Debian's kernel, D-Bus and BlueZ.

It is built once and kept in a folder named after what went into it.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cpio import Archive

SUITE = "trixie"
"""Debian 13: Linux 6.12, BlueZ 5.82. Linux 6.1 may crash when an adapter with a link is switched off."""

PACKAGES = ("bluez", "dbus", "kmod", "linux-image-amd64")
"""The kernel for clouds would be smaller, and has no Bluetooth."""

MODULES = ("hci_vhci", "bluetooth", "algif_hash", "algif_skcipher", "cmac", "ecb")
"""A Bluetooth controller in user space, and the ciphers by which BlueZ resolves and makes keys."""

UNUSED = (
    "boot",
    "usr/bin/perl",
    "usr/lib/apt",
    "usr/lib/udev",
    "usr/lib/x86_64-linux-gnu/gconv",
    "usr/lib/x86_64-linux-gnu/perl-base",
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/perl5",
    "usr/share/zoneinfo",
    "var/cache",
    "var/lib/apt",
    "var/lib/dpkg",
)
"""What the guest does without; the smaller it is, the sooner it has started."""


class BaseError(Exception):
    """A guest that cannot be built; the message is a sentence with the way out."""


@dataclass(frozen=True, slots=True)
class Base:
    """What was built: a kernel, an archive of the files it starts with, and where those lie in the guest."""

    kernel: Path
    archive: Path
    places: frozenset[Path]


def base(folder: Path) -> Base:
    """The base in `folder`, built if it is not there; takes root, Debian's archive and a minute.

    Raises:
        BaseError: it could not be built.
    """
    how = "".join(Path(__file__).with_name(name).read_text() for name in ("base.py", "cpio.py"))
    kept = folder / f"base-{hashlib.sha256(how.encode()).hexdigest()[:16]}"
    if not kept.is_dir():
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as building:
            _build(Path(building) / "root", Path(building) / "done")
            (Path(building) / "done").rename(kept)
    places = (kept / "places").read_text().splitlines()
    return Base(kept / "vmlinuz", kept / "base.cpio", frozenset(map(Path, places)))


def _build(root: Path, done: Path) -> None:
    done.mkdir()
    _run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root))
    [kernel] = (root / "boot").glob("vmlinuz-*")
    shutil.copy(kernel, done / "vmlinuz")
    version = kernel.name.removeprefix("vmlinuz-")
    needed = _modules(root, version)
    modules = Path("/usr/lib/modules")

    def unused(place: Path) -> bool:
        if place.is_relative_to(modules) and ".ko" in place.suffixes:
            return place.name not in needed
        inside = place.relative_to("/").as_posix()
        return inside in UNUSED or inside.startswith(("dev/", "proc/", "sys/"))

    with (done / "base.cpio").open("wb") as file, Archive(file, unused) as archive:
        archive.add(root, Path("/"))
        archive.add_device(Path("/dev/console"), 5, 1)
        (done / "places").write_text("".join(f"{place}\n" for place in archive.places))


def _modules(root: Path, version: str) -> set[str]:
    """The file names of `MODULES` and of what they need."""
    lines = _run("chroot", str(root), "modprobe", "-a", "-S", version, "--show-depends", *MODULES)
    return {Path(line.split()[1]).name for line in lines.splitlines() if line.startswith("insmod ")}


def _run(*words: str) -> str:
    """What a program prints.

    Raises:
        BaseError: it failed.
    """
    # INITRD=No: Debian's kernel package makes no initial file system, for it is made here.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C", "INITRD": "No"}
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as failed:
        said = (failed.stdout + failed.stderr).strip().splitlines()[-1:] or ["it said nothing"]
        raise BaseError(f"{words[0]} failed ({said[0]}); see that Debian's archive can be reached.") from None
    return done.stdout
