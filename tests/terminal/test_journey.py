"""The real command in a real terminal: from "touch to start" to "thank you", and the rows it leaves."""

import json

from kiosk.i18n.messages import load
from tests.terminal.conftest import aim_again, kinds, rows

SERVICE = ("bulky_waste", "Bulky waste pickup")
VISIT = [
    "visit.started",
    "search.made",
    "service.viewed",
    "qr.shown",
    "need.answered",
    "survey.sampled",
    "survey.eligible",
    "survey.invited",
    "survey.accepted",
    "survey.worded",
    "survey.started",
    *["survey.answered"] * 4,
    "survey.completed",
    "visit.ended",
]


def touches_in_english(terminal):
    terminal.see("English", "Español", "Tiếng Việt", "中文", "Leave feedback", "Not locked")
    terminal.touch("English")
    terminal.touch("In your own words")
    terminal.see("Type what you need")
    terminal.touch(*(f"  {key}  " for key in "old␣couch"))
    terminal.see("old couch▏", "you said “old couch”")
    terminal.touch(SERVICE[1])
    terminal.touch("▦")
    terminal.see("▀▀▀▀▀▀▀")
    terminal.touch("I have it")
    terminal.see("Partly")
    terminal.touch("Yes")
    terminal.touch("★")
    for place, answer in enumerate(("Agree", "Strongly agree", "Not applicable", "Disagree"), 1):
        terminal.see(f"{place} of 4")
        aim_again()
        terminal.touch(answer)
    terminal.see("Your answers are saved.")
    terminal.touch("Done")


def uses_keys_in_spanish(terminal):
    spanish = load("es")
    tr = spanish.tr
    terminal.calm()  # the attract screen is composed anew for every visitor, and the focus with it
    terminal.choose("Español")
    terminal.see(tr("I have a ticket number"))
    terminal.type("sofá viejo")
    terminal.choose(spanish.service_text(f"{SERVICE[0]}.name", SERVICE[1]))
    terminal.choose("▦")
    terminal.choose(tr("I have it"))
    terminal.see(tr("Partly"))
    terminal.choose(tr("Yes"))
    terminal.choose("★")
    for place in range(1, 5):
        terminal.see(tr("{place} of {count}", place=place, count=4))
        aim_again()
        terminal.choose(tr("Strongly agree"))
    terminal.see(tr("Your answers are saved."))
    terminal.choose(tr("Done"))


def test_one_visitor_touches_in_english_and_the_next_uses_keys_in_spanish(kiosk, data):
    """Find the service, take it along, answer the survey; then staff find both visits in kiosk.db."""
    terminal = kiosk(size=(120, 34))
    touches_in_english(terminal)
    terminal.see("English", "中文", "Not locked")
    uses_keys_in_spanish(terminal)
    terminal.see("English", "中文", "Not locked")
    terminal.press("C-q")
    assert terminal.status() == 0

    again = [kind for kind in VISIT if kind != "survey.sampled"]  # how visitors are chosen: once a day
    assert kinds(data) == ["journal.opened", *VISIT, *again]
    service, languages = SERVICE[0], ("en", "es")
    counts = "services_viewed, qr_codes_shown, searches"
    visits = f"SELECT language, ended_how, {counts} FROM visits ORDER BY started_at"
    assert rows(data, visits) == [(language, "finished", 1, 1, 1) for language in languages]
    views = "SELECT service, language FROM service_views ORDER BY at"
    assert rows(data, views) == [(service, language) for language in languages]
    assert rows(data, "SELECT service, answer FROM needs_met") == [(service, "yes")] * 2
    assert rows(data, "SELECT chosen, confident FROM searches") == [(service, 1)] * 2
    responses = "SELECT state, channel, language, service FROM survey_responses ORDER BY started_at"
    assert rows(data, responses) == [("completed", "invited", language, service) for language in languages]
    lists = rows(data, "SELECT response, statements FROM survey_responses ORDER BY started_at")
    for (response, asked), given in zip(lists, (["3", "4", "na", "2"], ["4"] * 4), strict=True):
        answers = ", ".join(f'"answer {statement}"' for statement in json.loads(asked))
        assert rows(data, f"SELECT {answers} FROM survey_responses WHERE response = '{response}'") == [
            tuple(given)
        ]
    assert rows(data, "SELECT count(*) FROM visitor_text") == [(0,)], "words are kept when nothing was chosen"
