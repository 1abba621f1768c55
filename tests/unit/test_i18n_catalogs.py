"""What translators work with: .po files that follow the sources, drafts put in, faults found."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from kiosk.errors import LocaleError
from kiosk.i18n import catalogs, checks, languages, messages
from kiosk.i18n.catalogs import completeness, fill, update, wanted

FORMS = Catalog("es").num_plurals
"""Plural forms that a new Spanish file begins with: two, since Babel 2.19 three (for millions)."""
SOURCE = """
class Home:
    title = N_("What do you need?")

    def body(self):
        # L10n: the time of day
        yield self.messages.tr("Until {time}", time=1)
        yield trn("{n} page", "{n} pages", 3)
        yield other("not a message")
        yield tr(variable)
"""
EXTRACTOR = """
def extract(fileobj, keywords, comment_tags, options):
    for number, line in enumerate(fileobj, 1):
        context, _, english = line.decode().strip().partition(": ")
        yield number, "pgettext", (context, english), []
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one source file, one catalogue and the project's own mappings."""
    (tmp_path / "kiosk").mkdir()
    (tmp_path / "kiosk" / "home.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "services.yaml").write_text(
        "pay.name: Pay\npay.note: Cash only\nold.name: Pay\n", encoding="utf-8"
    )
    (tmp_path / "locales").mkdir()
    for mapping in messages.find_locales().glob("*.cfg"):
        text = mapping.read_text(encoding="utf-8").replace("kiosk.catalog.extract", "lines_extractor")
        (tmp_path / "locales" / mapping.name).write_text(text, encoding="utf-8")
    (tmp_path / "lines_extractor.py").write_text(EXTRACTOR, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def updated(root: Path, domain: str = "kiosk", code: str = "es") -> str:
    """A language's file after an update."""
    update(domain, (code,), root / "locales", root)
    return messages.po_path(root / "locales", code, domain).read_text(encoding="utf-8")


def filled(root: Path, drafts: dict[str, str | list[str]], code: str = "es") -> catalogs.Filled:
    """Drafts put into the interface's file."""
    return fill(code, "kiosk", drafts, root / "locales", root)


def test_marked_messages_are_found_and_nothing_else(root: Path) -> None:
    found = wanted("kiosk", root / "locales", root)
    assert found == [("", "What do you need?"), ("", "Until {time}"), ("", "{n} page")]


def test_texts_of_the_catalogue_keep_their_contexts(root: Path) -> None:
    found = wanted("services", root / "locales", root)
    assert found == [("pay.name", "Pay"), ("pay.note", "Cash only"), ("old.name", "Pay")]


def test_the_project_itself_has_messages() -> None:
    assert ("", "Every day") in wanted("kiosk")


def test_an_unknown_domain_lists_the_known_ones(root: Path) -> None:
    with pytest.raises(LocaleError, match="kiosk, services"):
        wanted("toasts", root / "locales", root)


def test_a_new_language_gets_files_a_translator_can_open(root: Path) -> None:
    text = updated(root, code="ar")
    assert text.startswith("# Arabic.")
    assert "nplurals=6" in text
    assert "#. the time of day\n#: kiosk/home.py\n" in text
    assert "msgstr[5]" in text


def test_the_same_messages_give_the_same_bytes(root: Path) -> None:
    first = updated(root)
    source = root / "kiosk" / "home.py"
    source.write_text("# a comment moves every line\n\n" + SOURCE, encoding="utf-8")
    assert update("kiosk", ("es",), root / "locales", root) == [], "nothing changed for translators"
    assert updated(root) == first
    assert "Date" not in first
    assert "Generated-By" not in first


def test_lines_are_at_most_a_hundred_columns(root: Path) -> None:
    (root / "kiosk" / "long.py").write_text(f'tr("{"many words " * 40}")', encoding="utf-8")
    assert max(map(len, updated(root, code="ar").splitlines())) <= 100


def test_a_translators_own_lines_survive_an_update(root: Path) -> None:
    po = messages.po_path(root / "locales", "es", "kiosk")
    text = updated(root).replace("# Spanish.", "# Spanish. Usted, never tú.")
    text = text.replace('"Language: es\\n"', '"Last-Translator: Ana\\n"\n"Language: es\\n"')
    text = text.replace("#. the time", "# Ana: short on purpose\n#. the time")
    po.write_text(text.replace('msgstr ""\n\n', 'msgstr "¿Qué necesita?"\n\n', 1), encoding="utf-8")
    (root / "kiosk" / "home.py").write_text(SOURCE + '\ntr("New")\n', encoding="utf-8")
    text = updated(root)
    for kept in ("Usted, never tú", "Last-Translator: Ana", "# Ana: short on purpose", 'msgid "New"'):
        assert kept in text


def test_a_text_nobody_says_any_more_is_kept_aside_and_comes_back(root: Path) -> None:
    filled(root, {"Until {time}": "Hasta {time}"})
    source = root / "kiosk" / "home.py"
    source.write_text('tr("Other")', encoding="utf-8")
    gone = updated(root)
    assert '#~ msgid "Until {time}"' in gone
    assert '#~ msgid "What do you need?"' not in gone, "without a translation there is nothing to keep"
    assert wanted("kiosk", root / "locales", root) == [("", "Other")]
    source.write_text(SOURCE, encoding="utf-8")
    back = updated(root)
    assert '\nmsgstr "Hasta {time}"' in back
    assert "# review: pending" in back
    assert "#~" not in back


def test_a_changed_english_text_is_untranslated_not_guessed(root: Path) -> None:
    filled(root, {"Until {time}": "Hasta {time}"})
    (root / "kiosk" / "home.py").write_text('tr("Until {time}.")', encoding="utf-8")
    assert 'msgid "Until {time}."\nmsgstr ""' in updated(root)
    assert "fuzzy" not in updated(root)


def test_drafts_are_put_in_and_marked_as_unreviewed(root: Path) -> None:
    result = filled(
        root, {"Until {time}": "Hasta {time}", "{n} page": ["una página", *["{n} páginas"] * (FORMS - 1)]}
    )
    assert (result.filled, result.refused) == (2, [])
    state = completeness("es", "kiosk", wanted("kiosk", root / "locales", root), root / "locales")
    assert (state.wanted, state.translated, len(state.pending), state.percent) == (3, 2, 2, 66)
    assert state.missing == (("", "What do you need?"),)
    updated(root, "services")
    assert messages.load("es", root / "locales").trn("{n} page", "{n} pages", 4) == "4 páginas"


def test_drafts_for_the_catalogue_name_their_context(root: Path) -> None:
    folder = root / "locales"
    result = fill("es", "services", {"pay.name\x04Pay": "Pagar", "Pay": "Pagar"}, folder, root)
    assert result.filled == 1
    assert result.refused == ["'Pay' is not a message of the sources"]
    state = completeness("es", "services", wanted("services", folder, root), folder)
    assert state.missing == (("pay.note", "Cash only"), ("old.name", "Pay"))


def test_a_reviewed_translation_is_not_overwritten_by_a_draft(root: Path) -> None:
    filled(root, {"Until {time}": "Hasta {time}"})
    po = messages.po_path(root / "locales", "es", "kiosk")
    po.write_text(po.read_text(encoding="utf-8").replace("# review: pending\n", ""), encoding="utf-8")
    result = filled(root, {"Until {time}": "Machine {time}"})
    assert (result.filled, result.kept) == (0, 1)
    assert "Machine" not in po.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("key", "draft", "reason"),
    [
        ("Until {time}", "Hasta {hora}", "placeholders {hora}; the English text has {time}"),
        ("Until {time}", "Hasta", "placeholders none"),
        ("Until {time}", "Hasta {time", "brace too many or too few"),
        ("Until {time}", "Hasta\u200f {time}", "direction characters"),
        ("Until {time}", " Hasta {time}", "begins or ends with other spaces"),
        ("Until {time}", "Hasta\n{time}", "line breaks"),
        ("Until {time}", "", "empty"),
        ("Until {time}", ["Hasta {time}", "x"], "2 forms; es needs 1"),
        ("{n} page", "{n} páginas", f"1 forms; es needs {FORMS}"),
        ("{n} page", ["{n} página", *["páginas"] * (FORMS - 1)], "placeholders none"),
        ("{n} page", ["{n} página", ""], "empty"),
        ("Gone", "Ido", "not a message of the sources"),
    ],
)
def test_a_draft_that_would_show_wrongly_is_refused(
    root: Path, key: str, draft: str | list[str], reason: str
) -> None:
    result = filled(root, {key: draft})
    assert result.filled == 0
    assert reason in " ".join(result.refused)


def test_a_draft_is_stored_in_composed_form(root: Path) -> None:
    filled(root, {"What do you need?": "Quy\u0301 vị cần gì?"}, "vi")
    assert "Quý vị cần gì?" in messages.po_path(root / "locales", "vi", "kiosk").read_text(encoding="utf-8")


def test_only_forms_for_one_number_may_leave_the_number_out(root: Path) -> None:
    arabic = ["لا صفحات", "صفحة", "صفحتان", "{n} صفحات", "{n} صفحة", "{n} صفحة"]
    assert filled(root, {"{n} page": arabic}, "ar").filled == 1
    assert filled(root, {"{n} page": [*arabic[:5], "صفحة"]}, "ar").refused
    assert filled(root, {"{n} page": ["页"]}, "zh_Hans").refused


def test_faults_made_by_hand_are_found_with_their_line(root: Path) -> None:
    filled(root, {"Until {time}": "Hasta {time}"})
    folder = root / "locales"
    assert checks.problems("es", "kiosk", folder) == []
    po = messages.po_path(folder, "es", "kiosk")
    po.write_text(po.read_text(encoding="utf-8").replace("Hasta {time}", "Hasta {hora}"), encoding="utf-8")
    line = po.read_text(encoding="utf-8").splitlines().index('msgid "Until {time}"') + 1
    assert [found.startswith(f"{po}:{line}: ") for found in checks.problems("es", "kiosk", folder)] == [True]


def test_completeness_counts_missing_stale_and_pending(root: Path) -> None:
    filled(root, {"Until {time}": "Hasta {time}"})
    state = completeness("es", "kiosk", [("", "Until {time}"), ("", "New")], root / "locales")
    assert (state.wanted, state.translated, state.percent) == (2, 1, 50)
    assert state.missing == (("", "New"),)
    assert state.pending == (("", "Until {time}"),)
    assert state.stale == (("", "What do you need?"), ("", "{n} page"))


def test_english_is_complete_and_a_missing_file_lacks_everything(root: Path) -> None:
    assert completeness("en", "kiosk", [("", "Hello")], root / "locales").percent == 100
    assert completeness("vi", "kiosk", [("", "Hello")], root / "locales").missing == (("", "Hello"),)


def test_a_percent_sign_is_no_placeholder(root: Path) -> None:
    (root / "kiosk" / "home.py").write_text('tr("10% off")', encoding="utf-8")
    assert "python-format" not in updated(root)


def test_the_command_prints_what_a_language_lacks_and_takes_it_back(root: Path) -> None:
    run = [sys.executable, "-c", RUN.format(root=str(root))]
    template = subprocess.run([*run, "template", "kiosk"], capture_output=True, text=True, check=True).stdout
    assert json.loads(template)["{n} page"] == ["{n} page", "{n} pages"]
    drafts = root / "drafts.json"
    drafts.write_text(json.dumps({"What do you need?": "¿Qué necesita?", "Nope": "No"}), encoding="utf-8")
    ran = subprocess.run([*run, "fill", "es", "kiosk", str(drafts)], capture_output=True, text=True)
    assert ran.returncode == 1, "something was refused"
    assert "1 filled" in ran.stdout
    assert "'Nope'" in ran.stderr
    lacking = subprocess.run(
        [*run, "template", "kiosk", "es"], capture_output=True, text=True, check=True
    ).stdout
    assert list(json.loads(lacking)) == ["Until {time}", "{n} page"]


RUN = """
import sys
from pathlib import Path
from kiosk.i18n import catalogs, messages
messages.PACKAGE = catalogs.PACKAGE = Path({root!r}) / "kiosk"
sys.exit(catalogs.main(sys.argv[1:]))
"""


def test_an_unknown_command_shows_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogs.main(["update"]) == 2
    assert "fill LANG DOMAIN FILE.json" in capsys.readouterr().err


def test_a_draft_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    drafts = tmp_path / "drafts.json"
    drafts.write_text("[]", encoding="utf-8")
    with pytest.raises(LocaleError, match=r"drafts\.json: not a JSON object"):
        catalogs.main(["fill", "es", "kiosk", str(drafts)])


@pytest.mark.parametrize("code", languages.TRANSLATED)
@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_no_translation_of_the_project_would_show_wrongly(code: str, domain: str) -> None:
    assert checks.problems(code, domain) == []


def spoken() -> Iterator[tuple[str, str]]:
    """Every text that the program's code gives to tr, trn or N_, and where."""
    package = Path(catalogs.__file__).parents[1]
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("tr", "trn", "N_") and isinstance(node.args[0].value, str):
                    yield node.args[0].value, f"{file.relative_to(package)}:{node.lineno}"


def test_every_text_of_the_code_can_be_translated() -> None:
    """Text in the braces of an f-string is not found by what collects it, on all Pythons alike."""
    found = {english for _, english in wanted("kiosk")}
    texts = {text for english in found for text in ([english] if isinstance(english, str) else english)}
    assert [place for text, place in spoken() if text not in texts] == []
