"""`kiosk report survey`: as text, as a page to post and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from kiosk.clock import Clock
from kiosk.commands.group import group
from kiosk.i18n.script import cell_width
from kiosk.survey.actions import write
from tests.support.answers import Hall
from tests.support.catalog import FILE, VALID, changed
from tests.support.catalog import write as write_catalog

PLEASED = {"overall": "4", "information": "3", "staff": "4", "cashier": "4"}
CROSS = {"overall": "1", "information": "2", "staff": "1", "cashier": "1"}
DAYS = ("--from", "2026-11-01", "--to", "2026-11-22")
VOID = {"meta", "br", "link", "img", "hr", "path", "rect", "circle", "polyline"}


class Outline(HTMLParser):
    """What is in a page; every element must be closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.words.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three weeks in November, few of them at the help counter, in two languages."""
    folder = tmp_path_factory.mktemp("hall")
    hall = Hall(folder)
    hall.on(date(2026, 10, 20)).many(20, PLEASED)
    hall.on(date(2026, 11, 12))
    hall.many(30, PLEASED)
    hall.many(7, CROSS, lane="help", service="general_311", language="vi")
    hall.many(13, CROSS, lane="", service="pothole", language="es")
    hall.many(6, CROSS, channel="convenience")
    hall.many(11, PLEASED, channel="ticket")
    hall.conduct.decline(hall.comes("bills"))
    plan = {"cause": "<b>Noise</b>", "action": "Carpets & doors", "owner": "Ana", "due": "2026-11-20"}
    write(hall.journal, "overall", "", plan, "", hall.clock.day())
    hall.journal.close()
    return folder


def run(folder, *arguments, services=FILE):
    given = ["--data", folder, "--services", services, "report", "survey", *arguments]
    result = CliRunner().invoke(group, list(map(str, given)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def report(folder, *arguments, **how):
    status, said = run(folder, *DAYS, *arguments, **how)
    assert status == 0, said
    return said


def test_the_text_fits_80_columns_and_says_what_was_counted(folder):
    said = report(folder, "--by", "lane")
    assert max(map(cell_width, said.splitlines())) <= 80
    example = "The target and who is invited are examples that the City has not confirmed."
    assert said.startswith(f"{example}\n\nCity of Riverton\nSurvey of visitors, 2026-11-01 to 2026-11-22")
    assert "50 of 51 people chosen answered to the end: a response rate of 98%" in said.replace("\n", " ")
    assert "60% agree, n 50" in said
    assert "Before 100%, n 20 (down) · baseline no answers" in said
    assert "Below target (85%)" in said
    assert "Strongly disagree 20 · disagree 0 · agree 0 · strongly agree 30" in said
    assert "no sampling error can be given" in said
    assert "Action: Carpets & doors" in said
    assert "OVERDUE" in said or Clock().day() <= date(2026, 11, 20)
    assert re.search(r"Questions and help +7 +7 +0%", said)


def test_a_statement_in_chinese_is_cut_and_filled_by_its_cells(folder):
    said = report(folder, "--by", "language", "--language", "zh_Hans")
    assert max(map(cell_width, said.splitlines())) <= 80


def test_json_has_the_same_figures_and_every_documented_key(folder):
    from kiosk.survey import values

    told = json.loads(report(folder, "--format", "json", "--by", "lane"))
    overall = told["statements"][0]
    assert overall["current"]["agree"] == 0.6
    assert overall["current"]["counts"] == {
        "strongly_disagree": 20, "disagree": 0, "agree": 0, "strongly_agree": 30,
        "not_applicable": 0, "skipped": 0,
    }  # fmt: skip
    assert overall["current"]["basis"] == "census"
    assert overall["current"]["low"] is None
    assert told["sample"]["total"]["rates"]["RR1"] == round(50 / 51, 4)
    assert told["self_selected"][0]["statements"][0]["score"]["basis"] == "self_selected"
    documented = set(re.findall(r"\w+", values.__doc__))
    for part in (
        told,
        overall,
        overall["current"],
        told["sample"]["total"],
        told["plans"][0],
        told["groups"][0],
    ):
        assert part.keys() <= documented
    floats = re.findall(r"\d\.(\d+)", json.dumps(told["statements"]))
    assert max(map(len, floats)) <= 4


def test_the_page_is_whole_accessible_and_needs_nothing_else(folder):
    text = report(folder, "--format", "html", "--by", "lane")
    page = Outline(text)
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert page.words["title"][0] == "What visitors told us · City of Riverton"
    assert page.words["h1"] == ["What visitors told us"]
    for landmark in ("header", "main", "footer"):
        assert len(page.all(landmark)) == 1
    tables = len(page.all("table"))
    assert tables == len(page.all("caption")) == len(page.all("thead")) > 4
    assert all(attributes.get("scope") in ("row", "col") for attributes in page.all("th"))
    drawings = page.all("svg")
    assert drawings
    assert all(attributes["role"] == "img" for attributes in drawings)
    assert len(page.words["title"]) == len(drawings) + 1
    assert "60% agree, 50 answers, target 85%" in page.words["title"]
    assert "60%" in page.words["span"], "the figure is text as well"
    assert not page.all("script") + page.all("link") + page.all("img") + page.all("iframe")
    assert not re.search(r"(src|href)=|url\(|@import|https?:", text)
    named = {attributes["id"] for attributes in page.all("h2")}
    assert {attributes["aria-labelledby"] for attributes in page.all("section")} == named


def test_what_staff_typed_is_no_markup_on_the_page(folder):
    text = report(folder, "--format", "html")
    assert "&lt;b&gt;Noise&lt;/b&gt;" in text
    assert "<b>" not in text
    assert "Carpets &amp; doors" in text


def test_bars_are_as_long_as_their_share(folder):
    text = report(folder, "--format", "html")
    bar = re.search(r'<svg class="bar" viewBox="0 0 ([\d.]+) .*?</svg>', text, re.S)
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', bar[0])]
    assert widths[1] == pytest.approx(float(bar[1]) * 0.6, abs=0.1)
    mark = re.search(r'<path d="M([\d.]+) 0V', bar[0])
    assert float(mark[1]) == pytest.approx(float(bar[1]) * 0.85, abs=0.1)


def test_the_colours_of_the_page_can_be_read(folder):
    from kiosk.ui.theme import contrast

    colours = dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", report(folder, "--format", "html")))
    for text in ("ink", "quiet", "accent", "warm"):
        for ground in ("paper", "card"):
            assert contrast(colours[text], colours[ground]) >= 4.5
    assert contrast(colours["accent"], colours["soft"]) >= 3
    assert contrast(colours["edge"], colours["card"]) >= 3


@pytest.mark.parametrize(
    ("language", "lang", "way"), [("es", "es", "ltr"), ("ar", "ar", "rtl"), ("zh_Hans", "zh-Hans", "ltr")]
)
def test_the_page_is_in_its_language(folder, language, lang, way):
    text = report(folder, "--format", "html", "--language", language)
    page = Outline(text)
    assert page.all("html") == [{"lang": lang, "dir": way}]
    assert ("scale(-1 1)" in text) == (way == "rtl")


def small_numbers(told):
    """Every number under ten in an answer of JSON that counts people."""
    counts = {
        "n",
        "completed",
        "started",
        "eligible",
        "selected",
        "invited",
        "declined",
        "partial",
        "abandoned",
    }
    counts |= {
        "accepted",
        "skipped",
        "agree",
        "disagree",
        "strongly_agree",
        "strongly_disagree",
        "not_applicable",
    }
    found = []

    def walk(value, name=""):
        if isinstance(value, dict):
            for key, below in value.items():
                walk(below, key)
        elif isinstance(value, list):
            for below in value:
                walk(below, name)
        elif name in counts and isinstance(value, int) and 0 < value < 10:
            found.append((name, value))

    walk(told)
    return found


def test_nothing_that_fewer_than_ten_said_is_public(folder):
    staff = json.loads(report(folder, "--format", "json", "--by", "lane"))
    assert ("n", 7) in small_numbers(staff), "the search finds what is there"
    told = json.loads(report(folder, "--format", "json", "--by", "lane", "--public"))
    assert small_numbers(told) == []
    rows = {row["key"]: row["completed"] for row in told["groups"][0]["rows"]}
    # 50 completed in all: with 30 alone shown the other 20 can't be told apart.
    assert rows == {"bills": 30, "help": None, "": None}
    assert "declined" not in told["sample"]["total"]
    assert told["sample"]["strata"] == []


def test_the_public_text_and_page_have_no_small_figures_no_causes_and_no_names(folder):
    for form in ("text", "html"):
        said = report(folder, "--format", form, "--by", "lane", "--public")
        plain = re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", said, flags=re.S)
        assert not re.search(r"\bn[ \u00a0]*[1-9]\b|\b[1-9] (answers|surveys|people)", plain)
        assert not re.search(r"(?m)^.*(help|No line).*\b7\b", plain)
        assert "Noise" not in said
        assert "Ana" not in said
        assert "Carpets" in said


def test_the_public_does_not_see_comments(folder, tmp_path):
    hall = Hall(tmp_path)
    hall.many(12, PLEASED)
    response = next(hall.journal.survey_responses(hall.clock.day())).response
    hall.journal.append("survey.commented", {"response": response}, "Call me at 918-555-0100")
    hall.journal.close()
    for form in ("text", "html", "json"):
        said = run(tmp_path, "--from", "2026-11-01", "--to", "2026-11-30", "--format", form, "--public")[1]
        assert "918" not in said


def test_an_empty_period_says_so_and_is_no_error(folder):
    for form in ("text", "html", "json"):
        status, said = run(folder, "--from", "2026-01-01", "--to", "2026-01-31", "--format", form)
        assert status == 0
        assert "Nobody was asked and nobody answered in this period." in said


def test_a_day_that_is_not_over_says_so(tmp_path):
    hall = Hall(tmp_path)
    hall.on(Clock().day()).many(3, PLEASED)
    hall.journal.close()
    today = Clock().day()
    said = run(tmp_path, "--from", today - timedelta(days=3), "--to", today)[1]
    assert f"Today, {today}, is not over" in said
    assert (
        "is not over"
        not in run(tmp_path, "--from", today - timedelta(days=3), "--to", today - timedelta(days=1))[1]
    )


def test_days_to_come_ask_about_the_clock(folder):
    status, said = run(folder, "--from", "2120-01-01", "--to", "2120-01-31")
    assert status == 0
    assert "These days have not come yet" in said
    assert "Is the clock of this machine right?" in said.replace("\n", " ")
    assert run(folder, "--from", "2120-01-01")[0] == 0


def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for(folder):
    status, said = run(folder, "--from", "0001-01-01", "--to", "9999-12-31")
    assert status == 0
    assert "Not all of these days have come" in said


def test_employees_have_their_own_report(folder):
    said = report(folder, "--audience", "employee")
    assert "Survey of employees" in said
    assert "Nobody was asked and nobody answered" in said
    page = report(folder, "--audience", "employee", "--format", "html")
    assert Outline(page).words["h1"] == ["What employees told us"]


def test_days_in_the_wrong_order_are_refused(folder):
    status, said = run(folder, "--from", "2026-11-20", "--to", "2026-11-01")
    assert status == 2
    assert "the first day, 2026-11-20, comes after the last, 2026-11-01" in said


def test_practice_says_so_at_the_top_of_every_form(tmp_path):
    hall = Hall(tmp_path, practice=True)
    hall.answers(PLEASED)
    hall.journal.close()
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    assert run(tmp_path, *days)[1].startswith("Practice: these answers are invented.\n")
    page = Outline(run(tmp_path, *days, "--format", "html")[1])
    assert page.words["p"][0] == "City of Riverton · Practice"
    told = json.loads(run(tmp_path, *days, "--format", "json")[1])
    assert told["practice"] is True
    assert told["warnings"][0] == "Practice: these answers are invented."


def test_a_file_is_written_whole_and_a_bad_place_is_told(folder, tmp_path):
    page = tmp_path / "card.html"
    status, said = run(folder, *DAYS, "--format", "html", "--out", page)
    assert status == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == ["card.html"]
    run(folder, *DAYS, "--out", tmp_path / "by_its_name.html")
    assert (tmp_path / "by_its_name.html").read_bytes() == page.read_bytes()
    status, said = run(folder, *DAYS, "--out", tmp_path / "nowhere" / "card.txt")
    assert status == 2
    assert "can't be written" in said


def test_the_folder_may_be_named_behind_the_command(folder):
    given = ["--services", str(FILE), "report", "survey", "--data", str(folder), *DAYS]
    assert CliRunner().invoke(group, given).output == report(folder)


def test_a_target_and_a_benchmark_of_the_city_are_shown_with_their_source(folder, tmp_path):
    text = changed("  target: 85\n", "  target: 55\n", VALID)
    text = changed('benchmark: ""', "benchmark: {percent: 82, source: A survey of cities}", text)
    services = write_catalog(tmp_path, text)
    said = report(folder, services=services)
    assert "On target (55%)" in said
    assert "benchmark 82% (A survey of cities)" in " ".join(said.split())
    assert "benchmark 82% (A survey of cities)" in report(folder, "--format", "html", services=services)


def test_one_and_the_same_seed_gives_the_same_report(tmp_path):
    said = []
    for name in ("one", "two"):
        given = ["simulate", "--data", str(tmp_path / name), "--visits", "500", "--days", "30", "--seed", "7"]
        result = CliRunner().invoke(group, given)
        assert result.exit_code == 0, result.output
        given = ["report", "survey", "--data", str(tmp_path / name), "--by", "lane"]
        result = CliRunner().invoke(group, given)
        assert result.exit_code == 0, result.output
        said.append(result.output)
    assert said[0] == said[1]
    assert "agree, n" in said[0]
    assert max(map(cell_width, said[0].splitlines())) <= 80


def test_on_a_terminal_the_screen_opens(folder, monkeypatch):
    import sys

    import kiosk.ui.report.app
    from kiosk.commands.survey_report import Wanted
    from kiosk.commands.survey_report import report as make
    from kiosk.journal import Journal
    from kiosk.settings import Settings

    shown = []

    def show(card, settings, clock, messages, mark, by, load):
        shown.append((card.city, by, [table.by for table in load("language")]))
        return 0

    monkeypatch.setattr(kiosk.ui.report.app, "run", show)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    wanted = Wanted(date(2026, 11, 1), date(2026, 11, 22), "lane", None, None, False, "visitor", "en")
    settings = replace(Settings(data=folder), services=FILE)
    with Journal.open(settings.journal, Clock()) as journal, pytest.raises(SystemExit) as end:
        make(wanted, settings, journal, Clock())
    assert end.value.code == 0
    assert shown[0][:2] == ("City of Riverton", "lane")
    assert set(shown[0][2]) == {"language"}
