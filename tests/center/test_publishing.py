"""One catalogue for all kiosks: published whole or not at all, believed by its signature, taken once."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.catalog.load import load, load_or_last_good
from kiosk.center import publishing
from kiosk.center.context import Center
from kiosk.commands.group import group
from kiosk.errors import CatalogError, CenterError, LocaleError, SyncError
from kiosk.i18n.messages import find_locales
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.sync import bundle, catalog, status
from kiosk.sync.client import Client
from kiosk.sync.membership import Membership
from kiosk.ui.library import Library
from tests.support.catalog import VALID, changed, write
from tests.support.center import device, site
from tests.support.center_server import served

ADDRESS = "City Hall, 99 New Street"
CITY = "Riverton"
SPANISH = 'msgctxt "city.name"\nmsgid "{city}"\nmsgstr "{text}"\n'


def po(folder: Path, code: str, text: str, city: str = CITY) -> None:
    """A file of translations that says one thing."""
    file = folder / code / "LC_MESSAGES" / "services.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(head + SPANISH.format(city=city, text=text), encoding="utf-8")


def edition(folder: Path, city: str = CITY, spanish: str = "Villarrío") -> publishing.Checked:
    """A services.yaml of a city with a name, and its name in Spanish, ready to be published."""
    services = write(folder, VALID.replace(CITY, city))
    po(folder / "locales", "es", spanish, load(services).city.name)
    return publishing.check(services, folder / "locales")


def publish(center: Center, folder: Path, **how: str) -> publishing.Published:
    return publishing.publish(center, edition(folder, **how), "", "")


@pytest.fixture
def kiosk(center: Center, tmp_path: Path) -> Iterator[tuple[Settings, Client, Journal]]:
    """A machine of a site, which talks to the center over HTTP."""
    data = tmp_path / "kiosk"
    home = site(center)
    journal, made = device(center, home, data)
    settings = Settings(data=data, languages=("en", "es"))
    with served(center) as address:
        member = Membership(
            address, made, made, home, "Lobby", center.keys.key, center.keys.box_key, journal.chain
        )
        with Client(member, center.clock, lambda: catalog.in_force(data)) as client:
            yield settings, client, journal
    journal.close()


def outcomes(journal: Journal) -> list[tuple[int, str]]:
    taken = [event.body for event in journal.events() if event.kind == "catalog.taken"]
    return [(body["version"], body["outcome"]) for body in taken]


def test_versions_follow_one_another_and_every_site_is_told(center: Center, tmp_path: Path) -> None:
    site(center, "lobby")
    site(center, "library")
    assert publishing.current(center) is None
    assert publish(center, tmp_path / "a").version == 1
    second = publish(center, tmp_path / "b", city="Rivertown")
    assert publishing.current(center) == second
    with center.store.read() as connection:
        told = connection.rows("SELECT home, body FROM events WHERE kind = 'catalog.published'")
    assert sorted(home for home, _ in told) == ["library", "library", "lobby", "lobby"]
    assert sum(second.sha256 in body for _, body in told) == 2


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    assert edition(tmp_path / "a").bundle == edition(tmp_path / "b").bundle


def test_a_file_with_an_error_is_refused_whole(center: Center, tmp_path: Path) -> None:
    services = write(tmp_path, "city: {}\n")
    with pytest.raises(CatalogError) as caught:
        publishing.check(services, tmp_path / "locales")
    assert any(line.startswith("services.yaml:1:") for line in caught.value.problems)
    assert publishing.current(center) is None


def test_what_is_not_translated_is_only_a_warning(tmp_path: Path) -> None:
    warnings = edition(tmp_path).warnings
    assert any(line.startswith("es: not translated: ") for line in warnings)
    assert any(line.startswith("vi: no ") for line in warnings)


def test_translations_that_can_not_be_read_are_refused(tmp_path: Path) -> None:
    edition(tmp_path)
    file = tmp_path / "locales" / "es" / "LC_MESSAGES" / "services.po"
    file.write_text("what is this\n", encoding="utf-8")
    with pytest.raises(LocaleError, match=r"services\.po"):
        publishing.check(tmp_path / "services.yaml", tmp_path / "locales")


def test_back_to_an_earlier_version_is_a_new_one(center: Center, tmp_path: Path) -> None:
    first = publish(center, tmp_path / "a")
    publish(center, tmp_path / "b", city="Rivertown")
    back = publishing.rollback(center, None, "")
    assert (back.version, back.sha256) == (3, first.sha256)
    assert publishing.rollback(center, 2, "").version == 4
    assert publishing.catalog(center).city.name == "City of Rivertown"
    with pytest.raises(CenterError, match="no version 9"):
        publishing.rollback(center, 9, "")


def test_the_center_itself_shows_what_it_published(center: Center, tmp_path: Path) -> None:
    before = publishing.catalog(center).city.name
    publish(center, tmp_path / "a")
    shown = publishing.catalog(center).city.name
    assert shown == load(tmp_path / "a" / "services.yaml").city.name != before
    assert publishing.messages(center, "es").service_text("city.name", shown) == "Villarrío"
    # What was not published with it is said as this version says it.
    assert publishing.messages(center, "es").tr("Start over") != "Start over"


def test_a_kiosk_takes_it_once_and_shows_it(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    settings, client, journal = kiosk
    assert catalog.take(settings, client, journal) == ""
    library = Library.open(settings)
    published = publish(center, tmp_path / "a")
    assert catalog.take(settings, client, journal) == "taken"
    assert catalog.take(settings, client, journal) == ""
    assert catalog.in_force(settings.data) == published.sha256
    assert outcomes(journal) == [(1, "taken")]
    assert library.refresh()
    assert library.catalog("en").city.name == publishing.catalog(center).city.name
    assert library.catalog("es").city.name == "Villarrío"
    assert not library.refresh()


def test_only_the_translations_may_have_changed(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    settings, client, journal = kiosk
    publish(center, tmp_path / "a")
    catalog.take(settings, client, journal)
    library = Library.open(settings)
    publish(center, tmp_path / "b", spanish="Ciudad del Río")
    assert catalog.take(settings, client, journal) == "taken"
    assert library.refresh()
    assert library.catalog("es").city.name == "Ciudad del Río"


def test_kiosks_follow_back_and_forth_and_keep_two_beside(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    settings, client, journal = kiosk
    for number in range(5):
        publish(center, tmp_path / str(number), spanish=f"Ciudad {number}")
        assert catalog.take(settings, client, journal) == "taken"
    publishing.rollback(center, None, "")
    assert catalog.take(settings, client, journal) == "taken"
    assert Library.open(settings).catalog("es").city.name == "Ciudad 3"
    kept = [one for one in (settings.data / "catalog").iterdir() if len(one.name) == 64]
    assert len(kept) == catalog.KEPT + 1
    assert outcomes(journal)[-1] == (6, "taken")


def bad_bundles() -> dict[str, bytes]:
    """What a center that is not well could send; its signature is right all the same."""
    files = {"services.yaml": VALID.encode()}
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.yaml", b" " * (bundle.LARGEST + 1))
    found = {
        "no archive": b"hello",
        "nothing": b"",
        "bomb": bomb.getvalue(),
        "errors": bundle.pack({"services.yaml": changed("city:", "citty:").encode()}),
        "broken words": bundle.pack({**files, "locales/es/LC_MESSAGES/services.po": b"what is this\n"}),
    }
    for name in (
        "../services.yaml",
        "/etc/passwd",
        "locales/es/LC_MESSAGES/../../x.po",
        "a.sh",
        "services.yaml/",
    ):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("services.yaml", files["services.yaml"])
            archive.writestr(name, b"x")
        found[name] = packed.getvalue()
    return found


def put(center: Center, content: bytes, signature: str = "") -> None:
    """A bundle in the center's database, past its own checks."""
    sha = bundle.digest(content)
    with center.store.begin() as connection:
        version = (connection.value("SELECT max(version) FROM catalogs") or 0) + 1
        signed = signature or center.keys.sign(bundle.signed_text(version, sha)).hex()
        connection.run(
            "INSERT INTO catalogs VALUES (:version, :sha, :content, :signature, '', '', '')",
            version=version,
            sha=sha,
            content=content,
            signature=signed,
        )


def test_a_bad_one_is_never_taken(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    """The kiosk goes on with what it has; the center hears of it once, however often it is offered."""
    settings, client, journal = kiosk
    good = publish(center, tmp_path / "a")
    assert catalog.take(settings, client, journal) == "taken"
    for number, (what, content) in enumerate(bad_bundles().items()):
        put(center, content)
        assert catalog.take(settings, client, journal) == "refused", what
        assert catalog.take(settings, client, journal) == ""
        assert catalog.in_force(settings.data) == good.sha256
        assert outcomes(journal)[1:] == [(2 + each, "refused") for each in range(number + 1)]
    assert not (tmp_path / "kiosk" / "services.yaml").exists()
    left = {one.name for one in (settings.data / "catalog").iterdir() if not one.name.startswith("last-good")}
    assert left == {good.sha256, catalog.CURRENT, catalog.REFUSED, catalog.NEWEST}
    publishing.rollback(center, 1, "")
    assert catalog.take(settings, client, journal) == ""
    publish(center, tmp_path / "b", city="Rivertown")
    assert catalog.take(settings, client, journal) == "taken"


def test_an_earlier_version_never_comes_back_by_itself(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    """An answer kept on the way is signed as well; only a center put back from a backup may count anew."""
    settings, client, journal = kiosk
    notes = status.Notes(settings.data, center.clock)
    notes.of_epoch("first")
    older = publish(center, tmp_path / "a")
    assert catalog.take(settings, client, journal) == "taken"
    newer = publish(center, tmp_path / "b", city="Rivertown")
    assert catalog.take(settings, client, journal) == "taken"
    with center.store.begin() as connection:
        connection.run("DELETE FROM catalogs WHERE version = 2")
    with pytest.raises(SyncError, match="version 1 of the catalogue, and this kiosk has version 2"):
        catalog.take(settings, client, journal)
    assert catalog.in_force(settings.data) == newer.sha256
    notes.of_epoch("second")
    assert catalog.take(settings, client, journal) == "taken"
    assert catalog.in_force(settings.data) == older.sha256


def test_what_the_center_did_not_sign_is_not_even_tried(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    settings, client, journal = kiosk
    put(center, edition(tmp_path / "a").bundle, signature="0" * 128)
    with pytest.raises(SyncError) as caught:
        catalog.take(settings, client, journal)
    assert caught.value.reason == "not_center"
    assert catalog.in_force(settings.data) == ""
    assert outcomes(journal) == []


def test_a_language_that_was_not_published_stays_as_it_was_installed(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    settings, client, journal = kiosk
    settings = replace(settings, languages=("en", "es", "vi"))
    publish(center, tmp_path / "a")
    assert catalog.take(settings, client, journal) == "taken"
    library = Library.open(settings)
    assert library.languages == ["en", "es", "vi"]
    assert library.messages("vi").tr("Start over") != "Start over"


def test_a_switch_that_was_interrupted_is_done_the_next_time(
    center: Center, tmp_path: Path, kiosk: tuple[Settings, Client, Journal]
) -> None:
    """The power failed after it was recorded, before it was in force: then it is told once all the same."""
    settings, client, journal = kiosk
    publish(center, tmp_path / "a")
    catalog.take(settings, client, journal)
    (settings.data / "catalog" / catalog.CURRENT).unlink()
    assert catalog.take(settings, client, journal) == "taken"
    assert outcomes(journal) == [(1, "taken")]
    shutil.rmtree(settings.data / "catalog" / catalog.in_force(settings.data))
    assert load_or_last_good(settings).catalog.city.name
    assert catalog.take(settings, client, journal) == "taken"


def test_publish_and_rollback_as_they_are_typed(database: str, tmp_path: Path) -> None:
    edition(tmp_path / "a")
    edition(tmp_path / "b", city="Rivertown")
    start = ["center", "--folder", str(tmp_path / "center-folder"), "--database", database]

    def typed(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(group, [*start, *words])
        return result.exit_code, result.output

    def files(name: str) -> tuple[str, str]:
        return str(tmp_path / name / "services.yaml"), str(tmp_path / name / "locales")

    code, said = typed("publish", *files("a"), "--check")
    assert (code, "can be published" in said) == (0, True)
    assert typed("rollback", "--list") == (0, "")
    code, said = typed("publish", *files("a"), "--note", "New fees")
    assert code == 0 and "Version 1 is published" in said and "es: not translated" in said
    assert typed("publish", *files("b"))[0] == 0
    code, said = typed("rollback")
    assert code == 0 and "Version 3 is published" in said
    code, said = typed("rollback", "--list")
    assert len(said.splitlines()) == 3 and "New fees" in said
    write(tmp_path / "a", "city: {}\n")
    code, said = typed("publish", *files("a"))
    assert code != 0 and "error: services.yaml:1" in said
    assert "Version 4" not in typed("rollback", "--list")[1]


def test_the_real_catalogue_can_be_published(tmp_path: Path) -> None:
    services = Path(__file__).parents[2] / "services.yaml"
    checked = publishing.check(services, find_locales())
    assert len(checked.bundle) < 1 << 20
    assert set(bundle.unpack(checked.bundle)) == {
        "services.yaml",
        *(
            f"locales/{code}/LC_MESSAGES/{domain}.po"
            for code in ("ar", "es", "vi", "zh_Hans")
            for domain in ("kiosk", "services")
        ),
    }
