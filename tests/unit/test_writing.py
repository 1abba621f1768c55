"""Folders and archives on a stick: whole or not at all, whatever happens to it or to the kiosk."""

import errno
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import ExportError
from kiosk.export import writing
from kiosk.export.writing import Written, write_folder, write_zip

ROOT = Path(__file__).parents[2]
OLD = {"a.csv": b"old", "b.batch": b"old batch"}
NEW = {"a.csv": b"a" * 3000, "b.batch": "ماء".encode() * 5000, "c.json": b"{}"}

# Counts everything that is done to the disk beside the target, and kills itself by SIGKILL before one of
# them; with none to die before, it says how many there were.
CHILD = """
import os, signal, sys
from pathlib import Path
from kiosk.export.writing import write_folder, write_zip

target, die_at = Path(os.environ["TARGET"]), int(os.environ["DIE_AT"])
steps = []

def step(what):
    steps.append(what)
    if len(steps) == die_at:
        os.kill(os.getpid(), signal.SIGKILL)

def watch(event, arguments):
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"):
        if str(target.parent) in str(arguments[0]) or event in ("os.remove", "os.rmdir"):
            step(f"{event} {os.path.basename(str(arguments[0]))}")

real_fsync = os.fsync
def fsync(handle):
    step("fsync " + os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
    real_fsync(handle)

def writer(content):
    def write(out):
        for start in range(0, len(content), 1000):
            step("write")
            out.write(content[start : start + 1000])
    return write

os.fsync = fsync
sys.addaudithook(watch)
new = {"a.csv": b"a" * 3000, "b.batch": "ماء".encode() * 5000, "c.json": b"{}"}
write = write_zip if target.suffix == ".zip" else write_folder
write(target, [(name, writer(content)) for name, content in new.items()])
print("\\n".join(steps))
"""


def files(content):
    return [(name, lambda out, data=data: out.write(data)) for name, data in content.items()]


def held(target):
    """What a folder or an archive holds, by name; None when there is none of this name."""
    if not target.exists():
        return None
    if target.is_dir():
        return {file.name: file.read_bytes() for file in sorted(target.iterdir())}
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def put(target, content):
    return (write_zip if target.suffix == ".zip" else write_folder)(target, files(content))


def run_child(target, die_at):
    return subprocess.run(
        [sys.executable, "-S", "-c", CHILD],
        cwd=ROOT,
        env={"TARGET": str(target), "DIE_AT": str(die_at), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(params=["2026-11-23", "2026-11-23.zip"])
def target(request, tmp_path):
    """A folder and an archive that are not there yet, in a folder that is."""
    return tmp_path / request.param


@pytest.fixture
def mounted(tmp_path):
    """Mount a disk of a size (KiB), and let go of it after the test."""
    folder = tmp_path / "stick"
    folder.mkdir()

    def mount(size, *options):
        option = ",".join([f"size={size}k", *options])
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", option, "tmpfs", folder], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"a disk can't be mounted here; run as root where that is allowed: {done.stderr}")
        return folder

    yield mount
    subprocess.run(["umount", "--lazy", folder], capture_output=True)


def test_what_was_written_is_there_and_nothing_else(target):
    assert put(target, NEW) == Written(target, "written")
    assert held(target) == NEW
    assert names(target.parent) == [target.name]


def test_the_same_again_says_that_it_is_already_there_and_changes_nothing(target):
    put(target, NEW)
    before = target.stat().st_ino
    assert put(target, NEW) == Written(target, "already there")
    assert target.stat().st_ino == before
    assert names(target.parent) == [target.name]


def test_other_content_is_put_in_place_and_what_was_there_is_kept(target):
    stem, suffix = ("2026-11-23", target.suffix)
    contents = [OLD, NEW, {**NEW, "a.csv": b"a" * 2999 + b"b"}, {"a.csv": b"", "B.csv": b""}]
    for content in contents:
        result = put(target, content)
    assert result == Written(target, "replaced", target.with_name(f"{stem}.replaced-3{suffix}"))
    kept = [target.with_name(f"{stem}.replaced-{number}{suffix}") for number in (1, 2, 3)]
    assert [held(one) for one in [*kept, target]] == contents
    assert len(names(target.parent)) == 4


def test_whatever_else_has_the_name_is_kept_too(target):
    other = target.with_name("other")
    if target.suffix:
        write_folder(target, files(OLD))
    else:
        target.symlink_to(other)
        write_folder(other, files(NEW))
    result = put(target, NEW)
    assert result.how == "replaced"
    assert held(target) == NEW
    assert not target.is_symlink()
    assert held(result.kept) == (OLD if target.suffix else NEW)


def test_a_file_may_tell_of_those_before_it(target):
    told = []

    def first(out):
        told.append(out.write(b"12345"))

    write = write_zip if target.suffix else write_folder
    write(target, [("z.csv", first), ("checksums", lambda out: out.write(b"%d" % told[0]))])
    assert held(target) == {"z.csv": b"12345", "checksums": b"5"}


@given(
    st.dictionaries(st.from_regex(r"[a-z0-9_-]{1,20}\.(csv|json)", fullmatch=True), st.binary(), max_size=6)
)
def test_an_archive_is_the_same_bytes_at_any_time_and_lists_its_files_by_name(tmp_path_factory, content):
    one, two = (tmp_path_factory.mktemp("archive") / "day.zip" for _ in range(2))
    content = {name: data for name, data in content.items() if not writing._UNFIT.search(name)}
    write_zip(one, files(content))
    write_zip(two, files(content))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == sorted(content)
        assert {member.date_time for member in archive.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
        assert {member.external_attr >> 16 for member in archive.infolist()} <= {0o644}
    assert held(one) == content


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "a:b",
        "what?.csv",
        'a"b',
        "a\nb",
        "end.",
        "end ",
        " a",
        "CON",
        "nul.csv",
        "x" * 201,
    ],
)
def test_a_name_that_a_stick_can_not_hold_is_refused_before_anything_stays(target, name):
    with pytest.raises(ValueError, match="no name for every disk"):
        put(target, {"fine.csv": b"1", name: b"2"})
    assert names(target.parent) == []


def test_names_that_differ_only_in_case_are_refused(target):
    with pytest.raises(ValueError, match="two files are named"):
        put(target, {"a.csv": b"1", "A.CSV": b"2"})
    assert names(target.parent) == []


def test_a_writer_that_fails_leaves_what_was_there(target):
    put(target, OLD)

    def fail(out):
        out.write(b"half")
        raise KeyError("a mistake")

    with pytest.raises(KeyError, match="a mistake"):
        (write_zip if target.suffix else write_folder)(target, [*files(NEW), ("d.csv", fail)])
    assert held(target) == OLD
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("before", [None, OLD])
def test_killed_at_any_step_the_target_is_whole_or_absent_and_the_next_run_is_fine(target, before):
    def prepare():
        for leftover in target.parent.iterdir():
            writing._remove(leftover)
        if before:
            put(target, before)

    prepare()
    steps = run_child(target, 0).stdout.splitlines()
    assert len(steps) > 30
    seen = set()
    # Of the many equal writes of one file only a few.
    tried = [at for at, what in enumerate(steps, 1) if what != "write" or at % 9 == 0]
    for die_at in tried:
        prepare()
        assert run_child(target, die_at).returncode == -signal.SIGKILL
        found = held(target)
        assert found in (None, before, NEW), steps[die_at - 1]
        kept = [held(one) for one in target.parent.glob("2026-11-23.replaced-*")]
        assert before is None or before in [found, *kept], "nothing is lost"
        seen.add("new" if found == NEW else "old" if found else "none")
        result = put(target, NEW)
        assert (result.how == "already there") == (found == NEW)
        assert held(target) == NEW
        assert not [name for name in names(target.parent) if name.endswith(".part")]
    assert seen == ({"none", "old", "new"} if before else {"none", "new"})


def test_a_leftover_of_a_run_that_was_killed_is_removed_first(target):
    part = target.with_name(f".{target.name}.part")
    part.mkdir()
    (part / "half.csv").write_text("half")
    put(target, NEW)
    assert held(target) == NEW
    assert names(target.parent) == [target.name]


def test_everything_is_on_the_disk_before_it_gets_its_name(target):
    steps = run_child(target, 0).stdout.splitlines()
    part = f".{target.name}.part"
    named = steps.index(f"os.rename {part}")
    synced = [what.removeprefix("fsync ") for what in steps[:named] if what.startswith("fsync ")]
    assert synced == ([part] if target.suffix else ["a.csv", "b.batch", "c.json", part])
    assert steps[named - 1] == f"fsync {part}"
    assert steps[named + 1 :] == [f"fsync {target.parent.name}"]


@pytest.mark.parametrize("how", [errno.EINVAL, errno.ENOTSUP])
def test_a_disk_that_can_not_sync_folders_is_written_all_the_same(target, monkeypatch, how):
    real, folders = os.fsync, []

    def fsync(handle):
        if Path(f"/proc/self/fd/{handle}").is_dir():
            folders.append(handle)
            raise OSError(how, os.strerror(how))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert put(target, NEW).how == "written"
    assert folders
    assert held(target) == NEW


@pytest.mark.parametrize("call", ["fsync", "rename"])
@pytest.mark.parametrize("which", [1, 2, 3, 4, 5])
def test_a_stick_that_breaks_at_any_step_leaves_what_was_there(target, monkeypatch, call, which):
    put(target, OLD)
    real, calls = getattr(os, call), []

    def broken(*arguments, **how):
        calls.append(arguments)
        if len(calls) == which:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*arguments, **how)

    monkeypatch.setattr(os, call, broken)
    try:
        assert put(target, NEW).how == "replaced"
        assert len(calls) < which
    except ExportError as error:
        assert error.reason == "gone"
        assert "Put the stick in" in error.next_step
        assert held(target) == OLD
        assert names(target.parent) == [target.name]


def test_a_full_stick_says_so_and_keeps_what_it_has(mounted, target):
    stick = mounted(64)
    place = stick / target.name
    put(place, OLD)
    with pytest.raises(ExportError, match=r"no space left in .*stick") as error:
        put(place, {**NEW, "big.csv": os.urandom(200_000)})
    assert error.value.reason == "full"
    assert "Remove what is not needed" in error.value.next_step
    assert held(place) == OLD
    assert names(stick) == [place.name]
    assert put(place, NEW).how == "replaced"


def test_a_stick_of_any_smaller_size_is_full_and_never_holds_a_half(mounted, target):
    stick = mounted(48)
    filler = stick / "photos.bin"
    place = stick / target.name
    ended = set()
    for spare in range(0, 49, 4):
        filler.write_bytes(b"")
        writing._remove(place)
        filler.write_bytes(bytes((48 - spare) * 1024))
        try:
            ended.add(put(place, NEW).how)
            assert held(place) == NEW
        except ExportError as error:
            ended.add(error.reason)
            assert names(stick) == ["photos.bin"]
    assert ended == {"written", "full"}


def test_a_read_only_stick_says_so(mounted, target):
    stick = mounted(64, "ro")
    with pytest.raises(ExportError, match="may not be written to") as error:
        put(stick / target.name, NEW)
    assert error.value.reason == "read_only"
    assert "lock" in error.value.next_step


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_stick_pulled_out_in_the_middle_says_so_and_nothing_lies_in_its_place(mounted, target, after):
    stick = mounted(512)

    def pull(out):
        out.write(b"half")
        subprocess.run(["umount", "--lazy", stick], check=True)

    content = files(NEW)
    content.insert(after, ("pulled.csv", pull))
    with pytest.raises(ExportError, match="is not there") as error:
        (write_zip if target.suffix else write_folder)(stick / target.name, content)
    assert error.value.reason == "gone"
    assert names(stick) == []


def test_a_stick_pulled_out_between_the_check_and_the_first_file_leaves_nothing_in_its_place(
    mounted, target, monkeypatch
):
    stick = mounted(512)
    real = writing._remove

    def pull(part):
        real(part)
        subprocess.run(["umount", "--lazy", stick], capture_output=True)

    monkeypatch.setattr(writing, "_remove", pull)
    with pytest.raises(ExportError) as error:
        put(stick / target.name, NEW)
    assert error.value.reason == "gone"
    assert names(stick) == []


def test_a_folder_that_is_not_there_is_never_made(target):
    with pytest.raises(ExportError, match="is not there") as error:
        put(target.parent / "stick" / target.name, NEW)
    assert error.value.reason == "gone"
    assert names(target.parent) == []


def test_a_file_in_place_of_the_folder_is_told(target):
    (target.parent / "stick").write_text("")
    with pytest.raises(ExportError) as error:
        put(target.parent / "stick" / target.name, NEW)
    assert error.value.reason == "other"
    assert error.value.next_step


def test_two_exports_at_once_do_not_mix(target):
    second = []

    def meanwhile(out):
        with pytest.raises(ExportError, match="something else is being exported") as error:
            put(target, OLD)
        second.append(error.value.reason)

    (write_zip if target.suffix else write_folder)(target, [*files(NEW), ("d.csv", meanwhile)])
    assert second == ["busy"]
    assert held(target) == {**NEW, "d.csv": b""}
    assert put(target, NEW).how == "replaced"


@pytest.mark.parametrize(("number", "reason"), [(errno.EFBIG, "too_large"), (errno.EDQUOT, "full")])
def test_what_the_disk_reports_while_writing_is_told_in_words(target, number, reason):
    def fail(out):
        raise OSError(number, os.strerror(number))

    with pytest.raises(ExportError) as error:
        (write_zip if target.suffix else write_folder)(target, [("a.csv", fail)])
    assert error.value.reason == reason
    assert names(target.parent) == []
