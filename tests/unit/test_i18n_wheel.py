"""An installed kiosk brings its messages ready to read."""

from __future__ import annotations

import io
import shutil
import tomllib
import zipfile
from gettext import GNUTranslations
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PO = """\
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Hello"
msgstr "Hola"
"""
MO = "kiosk/data/locales/es/LC_MESSAGES/kiosk.mo"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's own build settings and hook around one message."""
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "deploy", root / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "kiosk").mkdir()
    shutil.copy(ROOT / "kiosk" / "__init__.py", root / "kiosk")
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "services.yaml"):
        (root / name).write_text("#\n", encoding="utf-8")
    folder = root / "locales" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "kiosk.po").write_text(PO, encoding="utf-8")
    (folder / "kiosk.mo").write_bytes(b"left over from an older .po")
    return root


def built(root: Path, version: str = "standard") -> zipfile.ZipFile:
    """The wheel, built in this process."""
    [wheel] = WheelBuilder(str(root)).build(directory=str(root / "dist"), versions=[version])
    return zipfile.ZipFile(wheel)


def test_the_wheel_carries_messages_compiled_from_the_po(project: Path) -> None:
    wheel = built(project)
    names = wheel.namelist()
    assert names.count(MO) == 1
    assert names.count(MO.replace(".mo", ".po")) == 1
    assert GNUTranslations(io.BytesIO(wheel.read(MO))).gettext("Hello") == "Hola"


def test_building_writes_nothing_into_the_sources(project: Path) -> None:
    before = {path: path.read_bytes() for path in (project / "locales").rglob("*") if path.is_file()}
    built(project)
    assert {path: path.read_bytes() for path in (project / "locales").rglob("*") if path.is_file()} == before


def test_a_source_archive_builds_the_same_messages(project: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitignore", project)
    [archive] = SdistBuilder(str(project)).build(directory=str(tmp_path / "sdist"), versions=["standard"])
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    [unpacked] = (tmp_path / "unpacked").iterdir()
    assert not list(unpacked.rglob("*.mo"))
    assert built(unpacked).read(MO) == built(project).read(MO)


def test_the_build_environment_gets_what_the_hook_needs() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {requirement.split(">")[0] for requirement in settings["build-system"]["requires"]} >= {
        "hatchling",
        "babel",
    }
    assert (ROOT / settings["tool"]["hatch"]["build"]["hooks"]["custom"]["path"]).is_file()
