"""The USB sticks and memory cards that are mounted, as Linux tells of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_SYSTEM = {"/", "/boot", "/boot/efi", "/boot/firmware", "/usr", "/var", "/home"}
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_HEX = re.compile(rb"\\x([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Stick:
    """A medium to carry away: where it is mounted, what to call it, and whether it can be written."""

    path: Path
    label: str
    free_bytes: int
    writable: bool


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str
    """The name of a block device (`sdb1`)."""
    path: str
    options: list[str]


def sticks(root: Path = Path("/")) -> list[Stick]:
    """Every removable or USB medium that is mounted, by its path; none on a system that is not Linux.

    The disk that the system itself runs from is none, also when it is a stick. `root` holds proc, sys, dev.
    """
    mounts = _mounts(root)
    own = {_disk(root, mount.device) for mount in mounts if mount.path in _SYSTEM}
    labels = _labels(root)
    found: dict[str, Stick] = {}
    for mount in mounts:
        disk = _disk(root, mount.device)
        if disk is None or disk in own or mount.device in found or not _carried(disk):
            continue
        stick = _stick(root, mount, labels)
        if stick:
            found[mount.device] = stick
    return sorted(found.values(), key=lambda stick: stick.path)


def _stick(root: Path, mount: _Mount, labels: dict[str, str]) -> Stick | None:
    path = root / mount.path.lstrip("/")
    try:
        space = os.statvfs(path)
    except OSError:
        return None  # pulled out just now
    label = _printable(labels.get(mount.device, "")) or _printable(path.name) or mount.device
    writable = "ro" not in mount.options and os.access(path, os.W_OK)
    return Stick(path, label, space.f_bavail * space.f_frsize, writable)


def _mounts(root: Path) -> list[_Mount]:
    """What is mounted from block devices; of several mounts at one place the last, which hides the others."""
    try:
        lines = (root / "proc/self/mounts").read_bytes().splitlines()
    except OSError:
        return []
    at: dict[str, _Mount] = {}
    for line in lines:
        fields = [_unescaped(field, _OCTAL, 8) for field in line.split(b" ")]
        if len(fields) < 4:
            continue
        device, path, _, options = fields[:4]
        if device.startswith("/dev/"):
            # /dev/disk/by-uuid/… and the like are links to the device.
            name = Path(os.path.realpath(root / device.lstrip("/"))).name
            at[path] = _Mount(name, path, options.split(","))
        else:
            at.pop(path, None)
    return list(at.values())


def _disk(root: Path, device: str) -> Path | None:
    """Where sysfs has the whole disk of a device; None when it knows none."""
    entry = root / "sys/class/block" / device
    if not entry.exists():
        return None
    folder = Path(os.path.realpath(entry))
    return folder.parent if (folder / "partition").exists() else folder


def _carried(disk: Path) -> bool:
    """Whether a disk says that its medium can be taken out, or hangs on USB."""
    try:
        removable = (disk / "removable").read_text(encoding="ascii").strip() == "1"
    except OSError:
        removable = False
    return removable or any(re.fullmatch(r"usb\d+", part) for part in disk.parts)


def _labels(root: Path) -> dict[str, str]:
    """Labels by device, as far as they can be read."""
    try:
        links = list((root / "dev/disk/by-label").iterdir())
    except OSError:
        return {}
    return {Path(os.path.realpath(link)).name: _unescaped(os.fsencode(link.name), _HEX, 16) for link in links}


def _unescaped(raw: bytes, escape: re.Pattern[bytes], base: int) -> str:
    return os.fsdecode(escape.sub(lambda match: bytes([int(match[1], base)]), raw))


def _printable(text: str) -> str:
    """A label as it can stand on a screen: whoever formatted the stick chose it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
