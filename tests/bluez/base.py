"""The part of the guest that does not change with the project: Debian's BlueZ, D-Bus and kernel.

It is built once and kept in a folder named after what went into it.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cpio import Archive

PACKAGES = ("bluez", "dbus", "kmod")
MODULES = ("hci_vhci", "bluetooth", "algif_hash", "algif_skcipher", "cmac", "ecb")
"""A Bluetooth controller in user space, and the ciphers by which BlueZ resolves and makes keys."""

KERNEL = "linux-image-amd64"
"""Debian's ordinary kernel; the one for clouds has no Bluetooth."""

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
    """The base in `folder`, built if it is not there; takes root, apt and about a minute.

    Raises:
        BaseError: a package could not be had.
    """
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    package = _kernel_package()
    how = [Path(__file__).with_name(name).read_text() for name in ("base.py", "cpio.py")]
    kept = folder / f"base-{hashlib.sha256('\0'.join((suite, package, *how)).encode()).hexdigest()[:16]}"
    if not kept.is_dir():
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as building:
            _build(Path(building), suite, package)
            (Path(building) / "done").rename(kept)
    places = (kept / "places").read_text().splitlines()
    return Base(kept / "vmlinuz", kept / "base.cpio", frozenset(map(Path, places)))


def _kernel_package() -> str:
    """The name of the package that the newest kernel is in, which holds its version."""
    for line in _run("apt-cache", "depends", KERNEL).splitlines():
        kind, _, name = line.strip().partition(": ")
        if kind == "Depends" and name.startswith("linux-image-"):
            return name
    raise BaseError(f"apt knows no kernel called {KERNEL}; run apt-get update and try again.")


def _build(at: Path, suite: str, package: str) -> None:
    root, done = at / "root", at / "done"
    done.mkdir()
    _run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(root))
    _run("apt-get", "-o", "APT::Sandbox::User=root", "download", package, cwd=at)
    [deb] = at.glob("linux-image-*.deb")
    _run("dpkg-deb", "--extract", str(deb), str(at / "kernel"))
    [kernel] = (at / "kernel" / "boot").glob("vmlinuz-*")
    shutil.move(kernel, done / "vmlinuz")
    _choose_modules(at / "kernel" / "lib" / "modules", root)
    with (done / "base.cpio").open("wb") as file, Archive(file, _unused) as archive:
        archive.add(root, Path("/"))
        archive.add_device(Path("/dev/console"), 5, 1)
        (done / "places").write_text("".join(f"{place}\n" for place in archive.places))


def _choose_modules(modules: Path, root: Path) -> None:
    """Move `MODULES` and what they need into the guest."""
    [version] = [found.name for found in modules.iterdir()]
    everything = root / "usr/lib/modules" / version
    shutil.move(modules, everything.parent)
    _run("chroot", str(root), "depmod", version)
    lines = _run("chroot", str(root), "modprobe", "-a", "-S", version, "--show-depends", *MODULES)
    needed = {Path(line.split()[1]).name for line in lines.splitlines() if line.startswith("insmod ")}
    for module in everything.glob("kernel/**/*.ko*"):
        if module.name not in needed:
            module.unlink()
    _run("chroot", str(root), "depmod", version)


def _unused(place: Path) -> bool:
    inside = place.relative_to("/").as_posix()
    return inside in UNUSED or inside.startswith(("dev/", "proc/", "sys/"))


def _run(*words: str, cwd: Path | None = None) -> str:
    """What a program prints.

    Raises:
        BaseError: it is missing, or failed.
    """
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise BaseError(f"{words[0]} is missing; tests/bluez/README.md says what to install.") from None
    except subprocess.CalledProcessError as failed:
        said = (failed.stderr.strip() or failed.stdout.strip()).splitlines()[-1:] or ["it said nothing"]
        raise BaseError(f"{' '.join(words[:3])} … failed ({said[0]}); see that apt works here.") from None
    return done.stdout
