"""Staff read what visitors wrote, and take out of it what should not be kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.clock import FixedClock
from kiosk.commands.group import group
from kiosk.journal import Journal, new_id

PHONE = "Great help, call me on 918-555-0134 about the meter"
NAME = "Marisol Quintanilla"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def journal(data: Path) -> Iterator[Journal]:
    """Stays open, as in a kiosk that runs beside the command."""
    with Journal.open(data / "kiosk.db", FixedClock(), durable=False) as opened:
        yield opened


def commented(
    journal: Journal, text: str, *, language: str = "en", day: int = 23, event_id: str | None = None
) -> str:
    """Somebody is served, answers the survey and leaves a comment; the id of its event."""
    journal.clock.moment = datetime(2026, 11, day, 18, 0, tzinfo=UTC)  # type: ignore[attr-defined]
    response = new_id()
    started = {"visit": new_id(), "response": response, "survey": "exit", "version": 1}
    started |= {"channel": "convenience", "audience": "visitor", "about": "served", "language": language}
    started |= {
        "service": "utility_pay",
        "department": "",
        "lane": "bills",
        "wait": "none",
        "stratum": "",
        "seed": "",
    }
    journal.append("survey.started", {**started, "statements": ["overall"]})
    return journal.append("survey.commented", {"response": response}, text=text, event_id=event_id).id


def kiosk(*arguments: str, data: Path) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["--data", str(data), "comments", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def listed(*arguments: str, data: Path) -> str:
    status, output = kiosk(*arguments, data=data)
    assert status == 0, output
    return output


def number(words: str, data: Path) -> str:
    """The number of the comment with some words, as it is listed."""
    lines = listed(data=data).splitlines()
    place = next(place for place, line in enumerate(lines) if words in line)
    return lines[place - 1].split()[0]


def held(journal: Journal) -> list[str]:
    """The words of all comments."""
    return sorted(text for (text,) in journal.rows("SELECT text FROM visitor_text"))


def written(data: Path) -> bytes:
    """All that stands in the journal's files."""
    return b"".join(path.read_bytes() for path in sorted(data.glob("kiosk.db*")))


def test_a_comment_is_listed_with_what_it_is_about(journal: Journal, data: Path) -> None:
    event = commented(journal, "Todo muy claro", language="es")
    first, words, total = listed(data=data).splitlines()
    assert first.split() == [event[:8], "2026-11-23", "es", "utility_pay", "bills"]
    assert words.strip() == "Todo muy claro"
    assert total == "1 comment, 0 flagged."


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (PHONE, "phone"),
        ("write to ana.lopez@example.org", "e-mail"),
        ("my card is 4111 1111 1111 1111", "card"),
        ("my number is 219-09-9999", "social-security number"),
    ],
)
def test_what_looks_like_somebodys_data_is_marked(journal: Journal, data: Path, text: str, mark: str) -> None:
    commented(journal, text)
    assert listed(data=data).splitlines()[0].endswith(f"bills  ! {mark}")


def test_the_list_is_cut_by_day_and_to_what_is_flagged(journal: Journal, data: Path) -> None:
    for day, text in ((20, "early"), (22, "later"), (23, PHONE)):
        commented(journal, text, day=day)

    def shown(*arguments: str) -> list[str]:
        return [
            line.strip() for line in listed(*arguments, data=data).splitlines() if line.startswith("    ")
        ]

    assert shown() == ["early", "later", PHONE]
    assert shown("--from", "2026-11-21", "--to", "2026-11-22") == ["later"]
    assert shown("--from", "2026-11-22") == ["later", PHONE]
    assert shown("--flagged") == [PHONE]
    assert listed("--flagged", "--to", "2026-11-22", data=data) == "There are no such comments.\n"
    assert kiosk("--from", "2026-11-23", "--to", "2026-11-22", data=data)[0] == 2
    assert kiosk("--from", "yesterday", data=data)[0] == 2


def test_other_words_of_visitors_are_not_comments(journal: Journal, data: Path) -> None:
    body = {"visit": new_id(), "language": "en", "results": 0, "chosen": "", "confident": False}
    event = journal.append("search.made", body, text="lost wallet")
    assert listed(data=data) == "There are no such comments.\n"
    assert kiosk("redact", event.id, "--all", "--staff", NAME, data=data)[0] == 2
    assert held(journal) == ["lost wallet"]


def test_what_is_flagged_is_taken_out_and_the_rest_stays(journal: Journal, data: Path) -> None:
    commented(journal, PHONE)
    commented(journal, "Nothing to hide")
    status, output = kiosk("redact", number("meter", data), "--staff", NAME, data=data)
    assert (status, output) == (0, "What is left of it: Great help, call me on [removed] about the meter\n")
    assert held(journal) == ["Great help, call me on [removed] about the meter", "Nothing to hide"]
    assert "0 flagged." in listed(data=data)


@pytest.mark.parametrize("beside", [0, 60])
def test_the_words_are_gone_from_the_file(journal: Journal, data: Path, beside: int) -> None:
    """Of a short comment, and of one that fills pages of its own; with many others around them, too."""
    long = f"{'very ' * 150}friendly, write to ana.lopez@example.org"
    for text in (PHONE, long, "please delete my 918-555-0177 entirely", *["all good"] * beside):
        commented(journal, text)
    assert all(secret in written(data) for secret in (b"555-0134", b"ana.lopez", b"555-0177"))
    for words, *options in (("meter",), ("friendly",), ("entirely", "--all")):
        assert kiosk("redact", number(words, data), *options, "--staff", NAME, data=data)[0] == 0
    left = written(data)
    assert not any(secret in left for secret in (b"555-0134", b"ana.lopez", b"555-0177", b"entirely"))
    assert b"friendly, write to [removed]" in left


@pytest.mark.parametrize(("options", "part"), [((), "flagged"), (("--all",), "all")])
def test_an_event_says_who_and_nothing_of_the_words(
    journal: Journal, data: Path, options: tuple[str, ...], part: str
) -> None:
    """The chain stays whole; the name is in no event, and the docent keeps the number that the desk knows."""
    for other in ("Tom", "Ana"):
        journal.staff_of(other)
    comment = commented(journal, PHONE)
    assert kiosk("redact", comment[:8], *options, "--staff", NAME, data=data)[0] == 0
    *_, last = journal.events()
    assert (last.kind, last.body) == ("survey.redacted", {"event": comment, "part": part, "staff": "s3"})
    assert journal.staff_of(NAME.upper()) == "s3"
    bodies = json.dumps([dict(event.body) for event in journal.events()]).casefold()
    assert not any(word in bodies for word in (*NAME.casefold().split(), "0134", "meter"))
    assert journal.verify().bad_seq is None


def test_a_number_means_the_same_comment_when_the_list_has_changed(journal: Journal, data: Path) -> None:
    commented(journal, PHONE)
    known = number("meter", data)
    for text in ("mine is 918-555-0166", "mine is 918-555-0199"):
        commented(journal, text, day=20)
    assert kiosk("redact", known, "--all", "--staff", NAME, data=data)[0] == 0
    assert held(journal) == ["mine is 918-555-0166", "mine is 918-555-0199"]
    status, output = kiosk("redact", known, "--all", "--staff", NAME, data=data)
    assert status == 2
    assert "there is no comment" in output


def test_comments_that_begin_alike_are_told_apart(journal: Journal, data: Path) -> None:
    """Eight characters that were enough when they were read are refused when they no longer are."""
    one, other = ("0f0f0f0f-1111-4000-8000-000000000001", "0f0f0f0f-1111-4000-8000-000000000002")
    commented(journal, PHONE, event_id=one)
    assert number("meter", data) == "0f0f0f0f"
    commented(journal, "mine is 918-555-0166", event_id=other)
    before = journal.verify().events
    status, output = kiosk("redact", "0f0f0f0f", "--all", "--staff", NAME, data=data)
    assert status == 2
    assert one in output
    assert other in output
    assert journal.verify().events == before
    assert kiosk("redact", number("mine is", data), "--all", "--staff", NAME, data=data)[0] == 0
    assert held(journal) == [PHONE]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--staff", NAME), "add --all"),
        (("--staff", "  "), "say who"),
        ((), "--staff"),
    ],
)
def test_what_is_not_clear_changes_nothing(
    journal: Journal, data: Path, arguments: tuple[str, ...], said: str
) -> None:
    comment = commented(journal, "Open until 6 please, not 5")
    before = journal.verify().events
    status, output = kiosk("redact", comment[:8], *arguments, data=data)
    assert status == 2
    assert said in output
    assert journal.verify().events == before
    assert held(journal) == ["Open until 6 please, not 5"]


@pytest.mark.parametrize("typed", ["", "1", "0f0", "%", "________"])
def test_a_number_that_is_not_whole_names_no_comment(journal: Journal, data: Path, typed: str) -> None:
    commented(journal, PHONE)
    assert kiosk("redact", typed, "--all", "--staff", NAME, data=data)[0] == 2
    assert held(journal) == [PHONE]


def test_words_reorder_nothing_in_the_terminal(journal: Journal, data: Path) -> None:
    commented(journal, "good \u202enot\u202c bad")
    assert "good not bad" in listed(data=data)


def test_a_folder_without_a_journal_says_so_and_makes_none(data: Path) -> None:
    status, output = kiosk(data=data)
    assert status == 2
    assert "no kiosk has run" in output
    assert not data.exists()


def test_a_practice_folder_says_so(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "kiosk.db", FixedClock(), practice=True, durable=False) as journal:
        commented(journal, "All fine")
    assert "invented" in listed(data=tmp_path).splitlines()[0]
