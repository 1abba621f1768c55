"""A keyword assigned by staff: it is in the file, and nothing else of the file has changed."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from difflib import unified_diff
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.catalog import cache, edit, keyword
from kiosk.catalog.keyword import Keyword
from kiosk.catalog.model import Catalog
from kiosk.catalog.parse import parse
from kiosk.errors import CatalogError
from tests.support.catalog import VALID, changed, without, write

ROOT = Path(__file__).parents[2]
REAL = (ROOT / "services.yaml").read_bytes()
POTHOLE_EN = (
    "en: [hole in the road, broken street, bumpy road, damaged pavement, street repair, cracked asphalt]"
)
BLOCK = """en:
        - hole in the road
        # what people say
        - broken street
        - bumpy road  # as on 5th Street

        - cracked asphalt"""
BRACKETS = """en: [hole in the road, broken street,
        bumpy road,   # as on 5th Street
        cracked asphalt]  # seen in May"""
PRETTIER = """en:
        [
          hole in the road,
          # what people say
          broken street,
        ]"""


def assigned(
    text: str | bytes,
    phrase: str = "axle breaker",
    service: str = "pothole",
    language: str = "en",
    reason: str | None = None,
) -> str:
    """The text with a keyword, line ends and BOM as they come out."""
    data = text.encode() if isinstance(text, str) else text
    wanted = Keyword.of(phrase, service, language, reason)
    edited = edit.with_keyword(data, keyword.checked(data, wanted, "s.yaml"), wanted, "s.yaml")
    line = edited.data.decode("utf-8-sig").split("\n")[edited.line - 1]
    assert wanted.phrase.split('"')[0].split("\\")[0] in line
    return edited.data.decode()


def difference(before: str, after: str) -> list[str]:
    """Lines that went and came, as a diff shows them."""
    rows = unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [row for row in rows if not row.startswith(("---", "+++", "@@"))]


def catalog(text: str) -> Catalog:
    parsed = parse(text.encode())
    assert parsed.errors == ()
    return parsed.catalog


def keywords(text: str, service: str = "pothole", language: str = "en") -> tuple[str, ...]:
    return catalog(text).by_id[service].keywords[language]


def test_the_real_file_is_written_back_byte_for_byte() -> None:
    """ruamel's dump of our file is our file; else every assigned word would change other lines."""
    text = REAL.decode()
    found = parse(REAL).catalog
    dumps = edit._dumps(text, found, Keyword("axle breaker", "pothole", "en"), "services.yaml")
    assert "\n".join(dumps.before) + "\n" == text
    assert len(difference("\n".join(dumps.before), "\n".join(dumps.after))) == 2


def test_a_word_in_the_real_file_changes_one_line() -> None:
    went, came = difference(REAL.decode(), assigned(REAL))
    assert came[1:] == went[1:-1] + ", axle breaker]"


def test_a_word_that_yaml_would_misread_is_quoted_as_the_file_quotes() -> None:
    assert assigned(VALID, "yes: 100% #1").count(', "yes: 100% #1"]') == 1
    assert assigned(VALID, "null").count(', "null"]') == 1
    assert assigned(VALID, "bache grande").count(", bache grande]") == 1


@pytest.mark.parametrize("written", [BLOCK, BRACKETS, PRETTIER])
def test_lists_of_several_lines_keep_their_lines_and_comments(written: str) -> None:
    before = changed(POTHOLE_EN, written)
    after = assigned(before)
    assert keywords(after) == (*keywords(before), "axle breaker")
    changes = difference(before, after)
    assert len(changes) == (1 if written is BLOCK else 2)
    assert changes[-1].count("axle breaker") == 1
    assert [line.partition("#")[2] for line in after.split("\n") if "#" in line] == [
        line.partition("#")[2] for line in before.split("\n") if "#" in line
    ]


def test_a_block_list_at_the_end_of_a_service_keeps_what_stands_below_it() -> None:
    last = "    keywords:\n      en:\n        - dog tag  # on the collar\n\n  # The next one.\n"
    start = VALID.index("    keywords:\n      en: [dog tag")
    stop = VALID.index("    reviewed:", start)
    end = VALID.index("\n  - id: building_permit")
    before = VALID[:start] + VALID[stop:end] + last + VALID[end + 1 :]
    after = assigned(before, "lost collar", "pet_license")
    assert difference(before, after) == ["+        - lost collar"]
    assert "  # on the collar\n        - lost collar\n\n  # The next one.\n" in after


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", ["\ufeff", ""])
@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize("reason", [None, "Both are about streets"])
def test_line_ends_a_bom_and_a_missing_last_line_end_stay(
    line_end: str, bom: str, last: str, reason: str | None
) -> None:
    before = (bom + VALID.rstrip("\n") + last).replace("\n", line_end)
    phrase = "axle breaker" if reason is None else "dog tag"
    after = assigned(before, phrase, reason=reason)
    assert after.startswith("\ufeff") == bool(bom)
    assert after.endswith("\n") == bool(last)
    assert after.count("\r") == (after.count("\n") if line_end == "\r\n" else 0)
    changes = difference("\n".join(before.splitlines()), "\n".join(after.splitlines()))
    assert len(changes) == 2 + bool(reason)


def test_a_file_that_mixes_line_ends_keeps_each() -> None:
    before = VALID.replace("\n", "\r\n", 9)
    assert difference(before, assigned(before)) == difference(VALID, assigned(VALID))


@pytest.mark.parametrize("language", ["en", "es", "vi", "zh_Hans", "ar"])
def test_a_missing_language_gets_its_list_in_the_usual_order(language: str) -> None:
    lines = VALID[VALID.index("  - id: pothole") : VALID.index("  - id: pet_license")].splitlines()
    line = next(line for line in lines if line.startswith(f"      {language}: "))
    after = assigned(without(line), "路 坑", "pothole", language)
    assert list(catalog(after).by_id["pothole"].keywords) == ["en", "es", "vi", "zh_Hans", "ar"]
    assert difference(without(line), after) == [f"+      {language}: [路 坑]"]


def test_a_missing_language_among_block_lists_gets_a_block_list() -> None:
    before = without("      es: [bache,", changed(POTHOLE_EN, BLOCK))
    after = assigned(before, "bache", "pothole", "es")
    assert difference(before, after) == ["+      es:", "+        - bache"]


def test_comments_above_the_next_language_stay_above_it() -> None:
    before = changed("      ar: [حفرة في الشارع", "      # Read by M.\n      ar: [حفرة في الشارع")
    before = without("      zh_Hans: [路上有坑", before)
    after = assigned(before, "路坑", "pothole", "zh_Hans")
    assert "[路坑]\n      # Read by M.\n      ar:" in after
    assert difference(before, after) == ["+      zh_Hans: [路坑]"]


def test_a_service_without_keywords_gets_them_in_the_usual_place() -> None:
    start = VALID.index("    keywords:\n      en: [hole")
    before = VALID[:start] + VALID[VALID.index("    reviewed:", start) :]
    after = assigned(before, "bache", "pothole", "es")
    assert difference(before, after) == ["+    keywords:", "+      es: [bache]"]
    assert '"311"}\n    keywords:\n      es: [bache]\n    reviewed:' in after


def indented(text: str, mapping: int, sequence: int, offset: int) -> str:
    """The text as an editor set to other indentation writes it."""
    from ruamel.yaml import YAML

    yaml, stream = YAML(), StringIO()
    yaml.preserve_quotes, yaml.width = True, 10**6
    yaml.indent(mapping, sequence, offset)
    yaml.dump(yaml.load(text), stream)
    return stream.getvalue()


@pytest.mark.parametrize("shape", [(2, 2, 0), (4, 4, 2), (4, 2, 0), (4, 6, 4), (3, 5, 3)])
@pytest.mark.parametrize("written", [POTHOLE_EN, BLOCK])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_file_with_other_indentation_keeps_it(
    shape: tuple[int, int, int], written: str, language: str
) -> None:
    text = without("      es: [bache,", changed(POTHOLE_EN, written))
    before = indented(text, *shape)
    after = assigned(before, "axle breaker", language=language)
    assert keywords(after, language=language)[-1] == "axle breaker"
    assert len(difference(before, after)) == len(difference(text, assigned(text, language=language)))


@pytest.mark.parametrize("written", [POTHOLE_EN, BLOCK])
def test_parts_with_indentation_of_their_own_keep_it(written: str) -> None:
    """Services with their dashes at the margin, all else as we write it."""
    head, services = changed(POTHOLE_EN, written).split("\nservices:\n")
    rows, rest = services.split("\npin:\n")
    moved = "\n".join(row.removeprefix("  ") for row in rows.split("\n"))
    before = f"{head}\nservices:\n{moved}\npin:\n{rest}"
    assert len(difference(before, assigned(before))) == (1 if written is BLOCK else 2)


def test_a_file_that_is_written_in_ways_of_its_own_changes_only_around_the_word() -> None:
    """Folded texts, wide gaps, a document start: ruamel would write them otherwise."""
    before = changed("    summary: Get the yearly license", "    summary:   Get the yearly\n      license")
    before = "---\n" + changed("counters: [1, 2],", "counters: [ 1,2 ],   ", before)
    assert difference(before, assigned(before)) == difference(VALID, assigned(VALID))
    after = assigned(before, "dog tag", reason="Both are about the street")
    assert difference(before, after) == difference(
        VALID, assigned(VALID, "dog tag", reason="Both are about the street")
    )


def test_a_shared_word_is_written_with_its_reason() -> None:
    after = assigned(VALID, "dog tag", reason="Dogs  fall into: holes")
    assert difference(VALID, after)[2:] == ['+  dog tag: "Dogs fall into: holes"']
    assert catalog(after).shared["dog tag"] == "Dogs fall into: holes"


@pytest.mark.parametrize("written", ["", "shared:\n", "shared: {}\n"])
def test_the_first_reason_opens_its_table(written: str) -> None:
    before = VALID[: VALID.index("shared:")] + written + "# The end.\n"
    before = changed(", where do i pay]\n      es: [construir", "]\n      es: [construir", before)
    after = assigned(before, "dog tag", reason="Both are")
    assert dict(catalog(after).shared) == {"dog tag": "Both are"}
    assert after.count("# The end.\n") == 1
    assert len(difference(before, after)) <= 5


def test_a_word_that_is_shared_already_needs_no_second_reason() -> None:
    after = assigned(VALID, "where do I pay")
    assert len(difference(VALID, after)) == 2
    assert catalog(after).shared == catalog(VALID).shared


def test_a_word_is_kept_composed_and_without_needless_space() -> None:
    after = assigned(VALID, "  o\u0302\u0309  ga\u0300\u3000to ")
    assert keywords(after)[-1] == "ổ gà to"


VISIBLE = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])
SIGNS = st.text(
    st.sampled_from(list(":#,[]{}&*!|>'\"%@`-?~=<+. 0189xyesno\\\t的ب🐶")), min_size=1, max_size=12
)


@given(st.text(VISIBLE, min_size=1, max_size=60) | SIGNS)
@example("yes").via("a truth")
@example("~").via("nothing")
@example("0x1f").via("a number")
@example("12:30:45").via("a number in YAML 1.1")
@example("2026-11-23").via("a date")
@example("2026-02-30").via("no date")
@example("0x_").via("no number")
@example("- x").via("a dash")
@example("? x").via("a key")
@example("#311").via("a comment")
@example("<<").via("a merge key")
@example("---").via("a document")
@example("it's “so” \\n").via("quotes")
@example("كم علي للموية؟").via("right to left")
@example("垃圾 什么时候收？").via("Chinese")
@example("🐶 lost").via("beyond the first plane")
@settings(max_examples=15)
def test_any_visible_words_are_read_back_and_nothing_else_changes(typed: str) -> None:
    phrase = " ".join(unicodedata.normalize("NFC", typed).split())
    before = catalog(VALID)
    if not phrase or phrase.casefold() in {word.casefold() for word in keywords(VALID)}:
        return
    for language in ("en", "ar"):
        text = VALID if language == "en" else without("      ar: [حفرة في الشارع")
        after = catalog(assigned(text, typed, "pothole", language))
        lists = dict(after.by_id["pothole"].keywords)
        assert lists.pop(language) == (*catalog(text).by_id["pothole"].keywords.get(language, ()), phrase)
        assert all(before.by_id["pothole"].keywords[code] == words for code, words in lists.items())
        for service in before.services:
            assert service.id == "pothole" or service == after.by_id[service.id]
        for part in ("city", "categories", "lanes", "notices", "survey", "pin", "block", "shared"):
            assert getattr(before, part) == getattr(after, part)


@given(SIGNS, SIGNS)
@settings(max_examples=12)
def test_any_shared_words_and_reasons_are_read_back(typed: str, reason: str) -> None:
    phrase, why = " ".join(typed.split()), " ".join(reason.split())
    if phrase and why:
        first = assigned(VALID, typed, "pet_license")
        after = catalog(assigned(first, typed, "pothole", reason=reason))
        assert after.by_id["pothole"].keywords["en"][-1] == phrase
        assert after.shared == {**catalog(VALID).shared, phrase: why}


@pytest.mark.parametrize(
    ("phrase", "service", "language", "reason", "said"),
    [
        ("axle", "potholes", "en", None, "no service 'potholes' (did you mean 'pothole'?)"),
        ("axle", "pothole", "fr", None, "keywords can't be in the language 'fr'"),
        ("axle", "pothole", "zh_hans", None, "did you mean 'zh_Hans'?"),
        (" \t\u3000", "pothole", "en", None, "the query is empty"),
        ("axle\u202e", "pothole", "en", None, "holds U+202E"),
        ("Bumpy  ROAD", "pothole", "en", None, "services.yaml:109: 'bumpy road' is already a keyword of"),
        ("License a pet", "pothole", "en", None, "services.yaml:119: 'License a pet' is the name of"),
        ("License a pet", "pothole", "en", "Pets fall", "services.yaml:119: 'License a pet' is the name of"),
        ("DOG tag", "pothole", "es", None, "services.yaml:125: 'dog tag' already leads to 'pet_license'"),
        ("axle", "pothole", "en", "Nobody else", "a keyword of no other service"),
        ("dog tag", "pothole", "en", " ", "the reason is empty"),
        ("where do I pay", "pothole", "en", "Again", "services.yaml:193: 'where do i pay' already has"),
        ("Driver License", "pet_license", "en", None, "services.yaml:190: 'block' keeps 'driver license'"),
    ],
)
def test_what_may_not_be_assigned_is_refused_and_the_file_stays(
    phrase: str, service: str, language: str, reason: str | None, said: str, tmp_path: Path
) -> None:
    path = write(tmp_path)
    with pytest.raises(CatalogError) as refused:
        keyword.assign(path, Keyword.of(phrase, service, language, reason))
    assert said in str(refused.value)
    assert refused.value.next_step
    assert path.read_text(encoding="utf-8") == VALID
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_the_writer_cannot_read_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path, odd := changed('source_date: "2026"', "source_date: 2026-02-30"))
    with pytest.raises(CatalogError, match="can't be written at 'pothole' by the program: day is out of"):
        keyword.assign(path, Keyword.of("axle", "pothole", "en"))
    assert path.read_text(encoding="utf-8") == odd


def test_a_file_with_errors_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path, bad := changed("category: street", "category: rubbish"))
    with pytest.raises(
        CatalogError, match=r"services\.yaml:15:\d+: no service has the category 'street'.*and 1 more"
    ):
        keyword.assign(path, Keyword.of("axle", "pothole", "en"))
    assert path.read_text(encoding="utf-8") == bad


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"services\.yaml can't be read"):
        keyword.assign(tmp_path / "services.yaml", Keyword.of("axle", "pothole", "en"))


def test_an_edit_that_would_lose_anything_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the writer does, a text that reads otherwise or lacks a comment is never written."""
    path = write(tmp_path)
    spoiled = [VALID, changed("fine", "fee"), VALID.replace("bumpy road", "bumpy way"), "no: catalogue"]
    good = assigned(VALID)
    monkeypatch.setattr(
        edit, "_candidates", lambda *_: [*spoiled, good.replace("# A small city", "# A city")]
    )
    with pytest.raises(CatalogError, match="can't be written at 'pothole' by the program"):
        keyword.assign(path, Keyword.of("axle breaker", "pothole", "en"))
    assert path.read_text(encoding="utf-8") == VALID
    monkeypatch.setattr(edit, "_candidates", lambda *_: [*spoiled, good])
    keyword.assign(path, Keyword.of("axle breaker", "pothole", "en"))
    assert path.read_text(encoding="utf-8") == good


def test_the_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path = write(tmp_path / "city")
    path.chmod(0o640)
    link = tmp_path / "services.yaml"
    link.symlink_to(path)
    assert keyword.assign(link, Keyword.of("axle breaker", "pothole", "en")) == 109
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert keywords(path.read_text(encoding="utf-8"))[-1] == "axle breaker"


@pytest.mark.parametrize("step", ["open", "replace"])
def test_a_folder_that_cannot_be_written_leaves_the_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brought about, as the tests may run as root, whom no mode stops."""
    path = write(tmp_path)
    real = Path.open

    def refused(file: Path, *arguments: str, **named: str) -> object:
        if step == "open" and "wb" not in arguments:
            return real(file, *arguments, **named)  # type: ignore[call-overload]
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, step, refused)
    with pytest.raises(CatalogError) as problem:
        keyword.assign(path, Keyword.of("axle breaker", "pothole", "en"))
    monkeypatch.undo()
    assert "can't be written: Permission denied; nothing was changed" in str(problem.value)
    assert str(tmp_path) in problem.value.next_step
    assert path.read_text(encoding="utf-8") == VALID
    assert list(tmp_path.iterdir()) == [path]


def test_what_someone_else_saved_meanwhile_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path)
    mine = changed("Report a pothole", "Report potholes")
    real = edit.with_keyword

    def slow(*arguments: object) -> edit.Edited:
        path.write_text(mine, encoding="utf-8")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(edit, "with_keyword", slow)
    with pytest.raises(CatalogError, match="changed by someone else"):
        keyword.assign(path, Keyword.of("axle breaker", "pothole", "en"))
    assert path.read_text(encoding="utf-8") == mine


def test_a_file_replaced_atomically_is_made_like_another(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(0o604)
    cache.write_atomically(file, b"new", like=file.stat())
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o604)


def test_the_writer_is_imported_only_when_a_word_is_written() -> None:
    script = (
        "import sys, kiosk.catalog.edit, kiosk.catalog.keyword, kiosk.commands.words\n"
        "sys.exit(any(name.startswith('ruamel') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
