"""Which sticks there are, from a tree that looks like /proc, /sys and /dev."""

from pathlib import Path

import pytest

from kiosk.devices import sticks as module
from kiosk.devices.sticks import sticks

USB = "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0/block"
SATA = "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block"


class Tree:
    """A root with disks and mounts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mounts = root / "proc/self/mounts"
        self.mounts.parent.mkdir(parents=True)
        self.classes = root / "sys/class/block"
        self.classes.mkdir(parents=True)
        (root / "dev/disk/by-label").mkdir(parents=True)
        self.mounts.write_text("proc /proc proc rw 0 0\n")

    def disk(self, name, *partitions, bus=USB, removable=False):
        folder = self.root / "sys" / bus / name
        folder.mkdir(parents=True)
        (folder / "removable").write_text(f"{int(removable)}\n")
        for partition in partitions:
            (folder / partition).mkdir()
            (folder / partition / "partition").write_text("1\n")
        for one in (name, *partitions):
            (self.root / "dev" / one).touch()
            where = folder if one == name else folder / one
            (self.classes / one).symlink_to(Path("../..") / where.relative_to(self.root / "sys"))

    def mount(self, device, path, options="rw,nosuid,relatime", kind="vfat"):
        (self.root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for plain, escaped in (("\\", "\\134"), (" ", "\\040"), ("\t", "\\011"), ("\n", "\\012")):
            path = path.replace(plain, escaped)
        with self.mounts.open("a", encoding="utf-8") as file:
            file.write(f"{device} {path} {kind} {options} 0 0\n")

    def label(self, device, name):
        (self.root / "dev/disk/by-label" / name).symlink_to(f"../../{device}")

    def found(self):
        return [
            (f"/{stick.path.relative_to(self.root)}", stick.label, stick.writable)
            for stick in sticks(self.root)
        ]


@pytest.fixture
def tree(tmp_path):
    tree = Tree(tmp_path)
    tree.disk("sda", "sda1", "sda2", bus=SATA)
    tree.mount("/dev/sda1", "/", kind="ext4")
    tree.mount("/dev/sda2", "/srv", kind="ext4")
    return tree


def test_a_usb_stick_is_found_and_the_machines_own_disk_is_not(tree):
    tree.disk("sdb", "sdb1")
    tree.mount("/dev/sdb1", "/media/kiosk/USB")
    assert tree.found() == [("/media/kiosk/USB", "USB", True)]
    [stick] = sticks(tree.root)
    assert stick.free_bytes > 0


def test_a_stick_without_partitions_and_a_memory_card_are_found(tree):
    tree.disk("sdb")
    tree.disk("mmcblk1", "mmcblk1p1", bus="devices/platform/mmc1/block", removable=True)
    tree.mount("/dev/sdb", "/media/whole")
    tree.mount("/dev/mmcblk1p1", "/media/card")
    assert tree.found() == [("/media/card", "card", True), ("/media/whole", "whole", True)]


def test_a_label_says_what_the_stick_is_called(tree):
    tree.disk("sdb", "sdb1", "sdb2")
    tree.mount("/dev/sdb1", "/media/1234-ABCD")
    tree.mount("/dev/sdb2", "/media/5678-ABCD")
    tree.label("sdb1", "City\\x20Hall\\x2f2")
    tree.label("sdb2", "\\xd9\\x85\\xd8\\xa7\\xd8\\xa1\\x1b\\x5b31m")
    assert [label for _, label, _ in tree.found()] == ["City Hall/2", "ماء [31m"]


def test_names_with_spaces_and_arabic_letters(tree):
    tree.disk("sdb", "sdb1", "sdb2")
    tree.mount("/dev/sdb1", "/media/my stick \\040 (old)")
    tree.mount("/dev/sdb2", "/media/دفع فاتورة\tالماء")
    assert tree.found() == [
        ("/media/my stick \\040 (old)", "my stick \\040 (old)", True),
        ("/media/دفع فاتورة\tالماء", "دفع فاتورة الماء", True),
    ]


def test_a_stick_mounted_read_only_is_not_writable(tree):
    tree.disk("sdb", "sdb1")
    tree.mount("/dev/sdb1", "/media/USB", "ro,nosuid,errors=remount-ro")
    assert tree.found() == [("/media/USB", "USB", False)]


def test_a_folder_that_this_user_may_not_write_is_not_writable(tree, monkeypatch):
    tree.disk("sdb", "sdb1")
    tree.mount("/dev/sdb1", "/media/USB", "rw,errors=remount-ro")
    assert tree.found() == [("/media/USB", "USB", True)]
    monkeypatch.setattr(module.os, "access", lambda path, mode: False)
    assert tree.found() == [("/media/USB", "USB", False)]


def test_the_stick_that_the_system_runs_from_is_none(tmp_path):
    tree = Tree(tmp_path)
    tree.disk("sda", "sda1", "sda2", "sda3")
    tree.disk("sdb", "sdb1")
    tree.mount("/dev/sda2", "/")
    tree.mount("/dev/sda1", "/boot/firmware")
    tree.mount("/dev/sda3", "/srv")
    tree.mount("/dev/sdb1", "/media/USB")
    assert tree.found() == [("/media/USB", "USB", True)]


def test_a_stick_mounted_twice_is_one_and_a_place_mounted_over_is_what_lies_on_top(tree):
    tree.disk("sdb", "sdb1")
    tree.disk("sdc", "sdc1")
    tree.mount("/dev/sdb1", "/media/USB")
    tree.mount("/dev/sdb1", "/mnt/again")
    tree.mount("/dev/sdc1", "/media/over")
    tree.mount("tmpfs", "/media/over", kind="tmpfs")
    assert tree.found() == [("/media/USB", "USB", True)]


def test_a_device_mounted_by_a_link_to_it_is_found(tree):
    tree.disk("sdb", "sdb1")
    (tree.root / "dev/disk/by-uuid").mkdir()
    (tree.root / "dev/disk/by-uuid/1234-ABCD").symlink_to("../../sdb1")
    tree.mount("/dev/disk/by-uuid/1234-ABCD", "/media/USB")
    assert tree.found() == [("/media/USB", "USB", True)]


def test_a_stick_pulled_out_just_now_is_left_out(tree):
    tree.disk("sdb", "sdb1")
    tree.mount("/dev/sdb1", "/media/USB")
    (tree.root / "media/USB").rmdir()
    assert tree.found() == []


def test_a_system_without_proc_has_none(tmp_path):
    assert sticks(tmp_path) == []


def test_labels_that_can_not_be_read_and_lines_that_make_no_sense_do_no_harm(tree):
    tree.disk("sdb", "sdb1")
    (tree.root / "dev/disk/by-label").rmdir()
    with tree.mounts.open("ab") as file:
        file.write(b"\n/dev/sdb1\n/dev/gone1 /media/gone vfat rw 0 0\n/dev/\xff \xfe\\377 vfat rw 0 0\n")
    tree.mount("/dev/sdb1", "/media/USB")
    assert tree.found() == [("/media/USB", "USB", True)]


def test_what_this_machine_has_is_mounted_and_not_its_own_disk():
    for stick in sticks():
        assert stick.path.is_mount()
        assert stick.path != Path("/")
