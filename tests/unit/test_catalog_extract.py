"""Translators get every text of services.yaml with its context and its line."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract as babel_extract
from babel.messages.pofile import read_po

from kiosk.catalog.extract import extract
from kiosk.catalog.texts import texts
from kiosk.errors import CatalogError
from tests.support.catalog import FILE, VALID, changed, small, write


def messages(text: str = VALID) -> list[tuple[int, str, tuple[str, str], list[str]]]:
    return list(extract(io.BytesIO(text.encode()), (), (), {}))


def test_every_translatable_text_is_extracted_once_per_place() -> None:
    assert {message[2] for message in messages()} == set(texts(small()))
    assert {message[1] for message in messages()} == {"pgettext"}


def test_lines_are_those_of_the_file() -> None:
    rows = VALID.splitlines()
    for line, _, (_, english), _ in messages():
        assert english in rows[line - 1]


def test_a_text_over_several_lines_stands_where_it_begins() -> None:
    folded = changed(
        "summary: Tell the City about a hole in the street.", "summary: >\n      Tell us\n      about it"
    )
    found = {message[2]: message[0] for message in messages(folded)}
    assert found["pothole.summary", "Tell us about it"] == 103


def test_babel_takes_the_extractor_by_its_name() -> None:
    with FILE.open("rb") as stream:
        found = list(babel_extract("kiosk.catalog.extract:extract", stream))
    assert (3, "City of Riverton", [], "city.name") in found


def test_a_wrong_file_is_not_half_extracted() -> None:
    with pytest.raises(CatalogError, match="errors") as refused:
        messages(changed("mark: ◆", "mark: ◆◆"))
    assert refused.value.problems


def test_pybabel_makes_a_template_from_a_mapping_file(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "babel.cfg").write_text(
        "[extractors]\nservices = kiosk.catalog.extract:extract\n[services: services.yaml]\n"
    )
    pybabel = [sys.executable, "-m", "babel.messages.frontend"]
    command = [*pybabel, "extract", "-F", "babel.cfg", "-o", "out.pot", "."]
    root = str(Path(__file__).parents[2])
    subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": root}, check=True, capture_output=True)
    with (tmp_path / "out.pot").open("rb") as stream:
        template = read_po(stream)
    bring = template.get("Your bill", context="utility_pay.bring")
    assert bring is not None and bring.locations == [("services.yaml", 58)]
    assert len(template) == len(set(texts(small())))
