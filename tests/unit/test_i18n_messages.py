"""What a visitor reads in another language, and what staff are told when a language can't be shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import LocaleError
from kiosk.i18n import languages, messages
from kiosk.i18n.compiling import mo_bytes

HEADER = """\
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural}\\n"
"""
ONE_FORM = "nplurals=1; plural=0;"
TWO_FORMS = "nplurals=2; plural=(n != 1);"
INTERFACE = """
msgid "Hello"
msgstr "Hola"

msgid "Until {time}"
msgstr "Hasta las {time}"

#, fuzzy
msgid "Old"
msgstr "Viejo"

msgid "{n} page"
msgid_plural "{n} pages"
msgstr[0] "una página"
msgstr[1] "{n} páginas"
"""
SERVICES = """
msgctxt "pay.name"
msgid "Pay"
msgstr "Pagar"

# review: pending
msgctxt "dogs.name"
msgid "Dogs"
msgstr "Perros"

# review: pending
msgctxt "cats.name"
msgid "Cats"
msgstr ""
"""


def write(folder: Path, domain: str, entries: str, code: str = "es", plural: str = TWO_FORMS) -> Path:
    """A .po file in a locales folder."""
    po = folder / code / "LC_MESSAGES" / f"{domain}.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEADER.format(code=code, plural=plural) + entries, encoding="utf-8")
    return po


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """Spanish, complete enough to be offered."""
    write(tmp_path, "kiosk", INTERFACE)
    write(tmp_path, "services", SERVICES)
    return tmp_path


def interface(tmp_path: Path, entries: str) -> messages.Messages:
    """Spanish with these entries for the interface."""
    write(tmp_path, "kiosk", entries)
    write(tmp_path, "services", "")
    return messages.load("es", tmp_path)


def test_a_visitor_reads_the_translation(locales: Path) -> None:
    spanish = messages.load("es", locales)
    assert spanish.language.name == "Español"
    assert spanish.tr("Hello") == "Hola"
    assert spanish.tr("Until {time}", time="17:00") == "Hasta las 17:00"
    assert [spanish.trn("{n} page", "{n} pages", n) for n in (1, 2)] == ["una página", "2 páginas"]


def test_what_is_not_translated_is_english(locales: Path) -> None:
    spanish = messages.load("es", locales)
    assert spanish.tr("Never seen") == "Never seen"
    assert spanish.tr("Old") == "Old", "a fuzzy entry is a guess"
    assert spanish.trn("{n} dog", "{n} dogs", 3) == "3 dogs"
    assert spanish.tr("") == "", "the empty message is gettext's header"


def test_english_needs_no_file(tmp_path: Path) -> None:
    english = messages.load("en", tmp_path / "nothing here")
    assert english.tr("Until {time}", time="5 PM") == "Until 5 PM"
    assert english.trn("{n} page", "{n} pages", 1) == "1 page"
    assert english.service_text("pay.name", "Pay") == "Pay"
    assert not english.pending("pay")


@pytest.mark.parametrize(
    "broken",
    [
        "Hasta {tiempo}",
        "Hasta",
        "Hasta {time",
        "Hasta }",
        "Hasta {}",
        "{0}",
        "{time.hour}",
        "{time:d}",
        "{time:{w}}",
    ],
)
def test_a_translation_with_wrong_placeholders_falls_back_to_english(tmp_path: Path, broken: str) -> None:
    spanish = interface(tmp_path, f'\nmsgid "Until {{time}}"\nmsgstr "{broken}"\n')
    assert spanish.tr("Until {time}", time="5 PM") == "Until 5 PM"


@given(st.text(st.sampled_from("{}:!.[]na01 "), max_size=12))
def test_no_translation_whatever_makes_a_screen_fail(text: str) -> None:
    class Anything(messages.NullTranslations):
        def gettext(self, message: str) -> str:
            return text

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return text

    spoken = messages.Messages(languages.find("es"), Path(), Anything())
    assert isinstance(spoken.tr("{n} of {a}", n=1, a="x"), str)
    assert isinstance(spoken.trn("{n} page", "{n} pages", 2), str)


def test_braces_stay_when_nothing_is_to_be_filled_in(tmp_path: Path) -> None:
    assert interface(tmp_path, '\nmsgid "{x"\nmsgstr "{y"\n').tr("{x") == "{y"


def test_arabic_has_six_forms(tmp_path: Path) -> None:
    arabic = (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;"
    )
    forms = "".join(f'msgstr[{index}] "{index}:{{n}}"\n' for index in range(6))
    write(tmp_path, "kiosk", f'\nmsgid "{{n}} page"\nmsgid_plural "{{n}} pages"\n{forms}', "ar", arabic)
    write(tmp_path, "services", "", "ar", arabic)
    loaded = messages.load("ar", tmp_path)
    told = [loaded.trn("{n} page", "{n} pages", n) for n in (0, 1, 2, 5, 30, 100)]
    assert told == ["0:0", "1:1", "2:2", "3:5", "4:30", "5:100"]


def test_service_texts_belong_to_their_service_and_field(locales: Path) -> None:
    spanish = messages.load("es", locales)
    assert spanish.service_text("pay.name", "Pay") == "Pagar"
    assert spanish.service_text("dogs.name", "Pay") == "Pay"
    assert spanish.service_text("pay.name", "Pay now") == "Pay now", (
        "a changed English text is not the old one"
    )
    assert spanish.service_text("pay.note", "") == ""


def test_a_page_knows_that_its_translation_waits_for_review(locales: Path) -> None:
    spanish = messages.load("es", locales)
    assert spanish.pending("dogs")
    assert not spanish.pending("pay")
    assert not spanish.pending("cats"), "what is shown in English needs no review"


def test_a_newer_po_is_compiled_and_an_unchanged_one_is_not(
    locales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[Path] = []

    def counting(po: Path, code: str) -> bytes:
        compiled.append(po)
        return mo_bytes(po, code)

    monkeypatch.setattr(messages, "mo_bytes", counting)
    messages.load("es", locales)
    messages.load("es", locales)
    assert len(compiled) == 1
    po = write(locales, "kiosk", '\nmsgid "Hello"\nmsgstr "Buenas"\n')
    os.utime(po, ns=(1, 1))  # older than the .mo by its date: a file put back from an archive
    assert messages.load("es", locales).tr("Hello") == "Buenas"
    assert len(compiled) == 2
    assert not list(locales.glob("**/.*")), "no temporary file is left"


def test_a_folder_that_may_not_be_written_still_speaks(
    locales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(messages, "replace_file", refuse)
    assert messages.load("es", locales).tr("Hello") == "Hola"
    assert not list(locales.glob("**/*.mo"))


def test_a_damaged_mo_is_made_again_from_the_po(locales: Path) -> None:
    messages.load("es", locales)
    po = messages.po_path(locales, "es", "kiosk")
    mo = po.with_suffix(".mo")
    mo.write_bytes(b"not messages")
    os.utime(mo, ns=(po.stat().st_mtime_ns,) * 2)
    assert messages.load("es", locales).tr("Hello") == "Hola"


def test_an_installation_is_not_compiled_again(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installers give every file a time of its own, and the folder may be read-only."""
    messages.load("es", locales).service_text("pay.name", "Pay")
    for mo in locales.glob("**/*.mo"):
        os.utime(mo, ns=(1, 1))
    monkeypatch.setattr(messages, "PACKAGED", locales)
    monkeypatch.setattr(messages, "mo_bytes", lambda *_: pytest.fail("compiled"))
    assert messages.load("es", locales).service_text("pay.name", "Pay") == "Pagar"


def test_a_damaged_mo_without_po_names_the_file(locales: Path) -> None:
    messages.load("es", locales)
    po = messages.po_path(locales, "es", "kiosk")
    po.unlink()
    po.with_suffix(".mo").write_bytes(b"not messages")
    with pytest.raises(LocaleError, match=r"kiosk\.mo: damaged.*\n.*Install"):
        messages.load("es", locales)


def test_an_unknown_language_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LocaleError) as caught:
        messages.load("tlh", tmp_path)
    assert "'tlh'" in str(caught.value)
    assert all(code in str(caught.value) for code in languages.LANGUAGES)


def test_a_missing_file_is_named_with_what_to_do(locales: Path) -> None:
    po = messages.po_path(locales, "es", "services")
    po.unlink()
    with pytest.raises(LocaleError) as caught:
        messages.load("es", locales)
    assert str(po) in str(caught.value)
    assert "catalogs update services" in str(caught.value)


def test_a_malformed_po_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(LocaleError, match=r"kiosk\.po:8: Unknown or misformatted keyword\n"):
        interface(tmp_path, '\nmsgid "Hello"\nnonsense "Hola"\n')


def test_the_kiosk_goes_on_with_the_languages_it_has(locales: Path) -> None:
    found, problems = messages.usable(["es", "vi", "xx", "en"], locales)
    assert list(found) == ["es", "en"]
    assert [problem.what.split()[-1] for problem in problems] == ["shown", "'xx'"]
    assert list(messages.usable(["xx"], locales)[0]) == ["en"], "never without a language"


def test_unreadable_service_texts_are_english_and_staff_can_see_why(locales: Path) -> None:
    write(locales, "services", '\nmsgid "broken\n')
    spanish = messages.load("es", locales)
    assert spanish.service_text("pay.name", "Pay") == "Pay"
    assert "services.po" in str(spanish.problem)
    assert spanish.tr("Hello") == "Hola"


def test_the_same_po_gives_the_same_bytes(locales: Path, tmp_path: Path) -> None:
    po = messages.po_path(locales, "es", "services")
    elsewhere = tmp_path / "other" / "copy.po"
    elsewhere.parent.mkdir()
    shutil.copy(po, elsewhere)
    assert mo_bytes(po, "es") == mo_bytes(elsewhere, "es")


def test_a_compiled_language_loads_without_babel(locales: Path) -> None:
    """Starting the kiosk reads .mo files; Babel would cost a tenth of the time to the first frame."""
    messages.load("es", locales).service_text("pay.name", "Pay")
    script = f"""
import sys
from pathlib import Path
from kiosk.i18n import messages, script
spanish = messages.load("es", Path({str(locales)!r}))
assert spanish.tr("Hello") == "Hola" and spanish.service_text("pay.name", "Pay") == "Pagar"
assert script.wrap("Hola", 3) and script.visual("Hola (1)", True)
heavy = ("babel", "arabic_reshaper", "bidi", "textual", "rich", "yaml")
print([name for name in heavy if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_checkout_comes_before_the_installed_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "kiosk"
    monkeypatch.setattr(messages, "PACKAGE", package)
    assert messages.find_locales() == messages.PACKAGED
    (tmp_path / "locales").mkdir()
    assert messages.find_locales() == messages.PACKAGED, "another project's locales/ in site-packages"
    (tmp_path / "locales" / "kiosk.cfg").touch()
    assert messages.find_locales() == tmp_path / "locales"
