"""`make test-bluez`: the program against the simulator over the real BlueZ, in an emulated computer.

What goes into it is in `base` and `environment`, what happens in it in `guest/`.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from base import Base, BaseError, base
from cpio import Archive
from environment import pack, unused

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".bluez"
"""Where what is built is kept; nothing in it is needed for the next time."""

MEMORY_MB = 1536
LIMIT_S = 900
"""Real seconds for everything that happens in the guest."""

PROGRAMS = {"qemu-system-x86_64": "qemu-system-x86", "debootstrap": "debootstrap"}
"""What must be there, and the Debian package that has it."""


def main() -> int:
    """Build what is missing, run the tests in the guest; 0 when all of them passed."""
    lacks = list(missing())
    for lack in lacks:
        print(f"test-bluez: {lack}", file=sys.stderr)
    if lacks:
        return 2
    began_s = time.monotonic()
    try:
        built = base(FOLDER)
    except BaseError as error:
        print(f"test-bluez: {error}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(dir=FOLDER, prefix="run-") as folder:
        initrd, results = Path(folder) / "initrd.cpio", Path(folder) / "results.xml"
        with initrd.open("wb") as file:
            with built.archive.open("rb") as first:
                shutil.copyfileobj(first, file)
            with Archive(file, unused) as archive:
                pack(archive, PROJECT, built.places)
                archive.add(Path(__file__).with_name("guest") / "init", Path("/init"))
        packed_s = time.monotonic()
        run(built, initrd, results, sys.argv[1:])
        print(f"test-bluez: packed in {packed_s - began_s:.0f} s, ran {time.monotonic() - packed_s:.0f} s")
        return judge(results)


def missing() -> Iterator[str]:
    """What stands in the way on this computer, a sentence each."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        yield "this takes Linux on x86-64; make test runs everywhere."
    elif os.geteuid() != 0:
        yield "this takes root, to unpack Debian's packages into a folder (sudo make test-bluez)."
    lacking = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if lacking:
        yield f"programs are missing; on Debian: apt-get install {' '.join(lacking)}"


def run(built: Base, initrd: Path, results: Path, chosen: list[str]) -> None:
    """Run the guest until it switches itself off; what it prints is printed, its results land in a file.

    `chosen` are further words for pytest, none with a space in it.
    """
    words = [
        *("qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", str(MEMORY_MB)),
        *("-display", "none", "-monitor", "none", "-nic", "none", "-no-reboot"),
        *("-icount", "shift=1,sleep=off"),
        *("-serial", "stdio", "-serial", f"file:{results}"),
        *("-kernel", built.kernel, "-initrd", initrd),
        "-append",
        f"console=ttyS0 quiet panic=-1 project={PROJECT} python={sys.executable} -- {' '.join(chosen)}",
    ]
    try:
        subprocess.run(words, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        print(f"test-bluez: the guest was not done after {LIMIT_S} s", file=sys.stderr)


def judge(results: Path) -> int:
    """0 when tests ran and all passed; none is ever skipped."""
    try:
        [suite] = ET.parse(results).getroot()
    except (OSError, ET.ParseError):
        print("test-bluez: the guest left no results; what it printed says why", file=sys.stderr)
        return 1
    for figure in suite.iter("property"):
        print(f"test-bluez: {figure.attrib['name']}: {figure.attrib['value']}")
    counts = {word: int(suite.attrib[word]) for word in ("tests", "failures", "errors", "skipped")}
    print("test-bluez:", ", ".join(f"{count} {word}" for word, count in counts.items()))
    return int(counts.pop("tests") == 0 or any(counts.values()))


if __name__ == "__main__":
    sys.exit(main())
