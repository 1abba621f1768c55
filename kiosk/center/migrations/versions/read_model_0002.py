"""The tables that people read, folded from the events: tickets, responses, who could be asked, searches."""

from alembic import op

revision = "0002"
down_revision = "0001"

# `home` is the site, days are local business days (ISO), times are stamps (UTC), flags are 0 or 1. `place`
# sorts as events do: clock, chain and number. Every row can be made again from the events.
_TABLES = (
    # The fields of tickets.ticket.Ticket in their order, then what belongs to the center.
    """CREATE TABLE tickets (
        ticket TEXT NOT NULL,
        code TEXT NOT NULL,
        lane TEXT NOT NULL, -- the line it stands in now
        first_lane TEXT NOT NULL,
        service TEXT NOT NULL, -- '' when it was taken for no certain service
        language TEXT NOT NULL,
        channel TEXT NOT NULL, -- kiosk, desk
        priority TEXT NOT NULL, -- '', assisted, booked
        interpreter TEXT NOT NULL, -- '', sign, or a language
        state TEXT NOT NULL, -- waiting, called, serving, hold, no_show, finished, left, void
        day TEXT NOT NULL, -- the business day it was taken
        arrival TEXT NOT NULL, -- sorts tickets by when they were taken
        issued_at TEXT NOT NULL,
        ahead BIGINT NOT NULL, -- people before it when it was taken
        quote_low BIGINT, -- minutes quoted then, null when not known
        quote_high BIGINT,
        first_called_at TEXT NOT NULL, -- '' before it came to that, as with the times below
        last_called_at TEXT NOT NULL,
        calls BIGINT NOT NULL,
        counter TEXT NOT NULL,
        staff TEXT NOT NULL,
        serving_at TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        ended_how TEXT NOT NULL, -- left: visitor, desk, phone, day_end; void: its reason
        time_accurate SMALLINT NOT NULL,
        printing TEXT NOT NULL, -- '', pending, ok, failed, reprinted
        print_fault TEXT NOT NULL,
        also_called TEXT NOT NULL, -- counters whose call lost against another's
        latest TEXT NOT NULL, -- the event an undo would name
        skipped BIGINT NOT NULL, -- events that were not legal
        last_call TEXT NOT NULL, -- sorts tickets by their latest call
        late_at TEXT NOT NULL, -- when they said that they are running late, '' when they did not
        home TEXT NOT NULL REFERENCES sites (site),
        page TEXT NOT NULL, -- what the address of its page on the phone ends with
        PRIMARY KEY (home, ticket)
    )""",
    "CREATE INDEX tickets_of_page ON tickets (page)",
    "CREATE INDEX tickets_of_day ON tickets (home, day, lane)",
    "CREATE INDEX tickets_of_days ON tickets (day)",
    """CREATE INDEX tickets_open ON tickets (home, lane)
       WHERE state IN ('waiting', 'called', 'serving', 'hold')""",
    "CREATE INDEX tickets_called ON tickets (home, day, last_call) WHERE last_call <> ''",
    "CREATE INDEX tickets_ended ON tickets (home, lane, ended_at) WHERE ended_at <> ''",
    # A SMALLINT column more for each statement, made when it is first asked (statements.answers_in): 1 for
    # strongly disagree to 4 for strongly agree, 5 not applicable, 6 skipped, 0 not reached, null not asked.
    """CREATE TABLE responses (
        home TEXT NOT NULL REFERENCES sites (site),
        response TEXT NOT NULL,
        chain TEXT NOT NULL,
        survey TEXT NOT NULL,
        version BIGINT NOT NULL,
        channel TEXT NOT NULL, -- invited: the sample; convenience, ticket, phone: who came by themselves
        audience TEXT NOT NULL, -- visitor, employee
        about TEXT NOT NULL, -- after which kind of visit: lookup, served
        language TEXT NOT NULL,
        service TEXT NOT NULL, -- '' when none
        department TEXT NOT NULL, -- whose service it was then, or who helped an employee
        lane TEXT NOT NULL,
        wait TEXT NOT NULL, -- none, under_5, 5_15, 15_30, 30_60, over_60 minutes
        stratum TEXT NOT NULL, -- of those invited: a lane, or self_service; else ''
        seed TEXT NOT NULL, -- which decided that they are invited; else ''
        design TEXT NOT NULL, -- how, in words: what may be counted together
        statements TEXT NOT NULL, -- JSON list of those asked, in order
        asked SMALLINT NOT NULL, -- how many they are
        given SMALLINT NOT NULL, -- of them with an answer, not applicable included
        day TEXT NOT NULL,
        started_at TEXT NOT NULL,
        state TEXT NOT NULL, -- started, completed, abandoned
        abandoned_at TEXT NOT NULL, -- the statement shown when it was abandoned
        commented SMALLINT NOT NULL,
        PRIMARY KEY (home, response)
    )""",
    "CREATE INDEX responses_of_day ON responses (day, home)",
    "CREATE INDEX responses_of_seed ON responses (home, seed) WHERE seed <> ''",
    "CREATE INDEX responses_open ON responses (home, started_at) WHERE state = 'started'",
    # Responses of a day counted: a million are too many to look at each. Six columns more for each statement
    # (its column's name with 1 to 6 behind it): how many completed responses answered so; null for none.
    """CREATE TABLE response_counts (
        home TEXT NOT NULL REFERENCES sites (site),
        day TEXT NOT NULL,
        audience TEXT NOT NULL,
        channel TEXT NOT NULL,
        design TEXT NOT NULL,
        stratum TEXT NOT NULL,
        state TEXT NOT NULL,
        responses INTEGER NOT NULL,
        partial INTEGER NOT NULL -- abandoned ones with an answer to at least half of what was asked
    )""",
    "CREATE INDEX response_counts_of_day ON response_counts (day, home)",
    """CREATE TABLE statements (
        statement TEXT PRIMARY KEY,
        answers_in TEXT NOT NULL -- its column in `responses`
    )""",
    """CREATE TABLE statements_asked (
        home TEXT NOT NULL REFERENCES sites (site),
        survey TEXT NOT NULL,
        version BIGINT NOT NULL,
        statement TEXT NOT NULL,
        PRIMARY KEY (home, survey, version, statement)
    )""",
    """CREATE TABLE samplings (
        home TEXT NOT NULL REFERENCES sites (site),
        seed TEXT NOT NULL,
        survey TEXT NOT NULL,
        version BIGINT NOT NULL,
        method TEXT NOT NULL, -- everyone, systematic, random, stratified
        design TEXT NOT NULL, -- method and numbers in words
        day TEXT NOT NULL,
        place TEXT NOT NULL,
        PRIMARY KEY (home, seed)
    )""",
    """CREATE TABLE frame (
        home TEXT NOT NULL REFERENCES sites (site),
        unit TEXT NOT NULL,
        source TEXT NOT NULL, -- visit, ticket, answer
        stratum TEXT NOT NULL, -- a lane, or self_service
        service TEXT NOT NULL,
        language TEXT NOT NULL,
        seed TEXT NOT NULL,
        design TEXT NOT NULL,
        ordinal BIGINT NOT NULL, -- among those of the same seed, from 0
        selected SMALLINT NOT NULL,
        code TEXT NOT NULL, -- the number on an invitation by the desk
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        invited_by TEXT NOT NULL, -- '', screen, desk
        outcome TEXT NOT NULL, -- '', declined, accepted
        page TEXT NOT NULL, -- what the address of a printed invitation has in it
        PRIMARY KEY (home, unit)
    )""",
    "CREATE INDEX frame_of_day ON frame (day, home)",
    "CREATE INDEX frame_of_seed ON frame (home, seed)",
    "CREATE INDEX frame_of_page ON frame (page)",
    # The frame of a day counted, as response_counts.
    """CREATE TABLE frame_counts (
        home TEXT NOT NULL REFERENCES sites (site),
        day TEXT NOT NULL,
        design TEXT NOT NULL,
        stratum TEXT NOT NULL,
        source TEXT NOT NULL,
        eligible INTEGER NOT NULL,
        selected INTEGER NOT NULL,
        invited INTEGER NOT NULL,
        declined INTEGER NOT NULL,
        accepted INTEGER NOT NULL
    )""",
    "CREATE INDEX frame_counts_of_day ON frame_counts (day, home)",
    """CREATE TABLE wordings (
        home TEXT NOT NULL REFERENCES sites (site),
        survey TEXT NOT NULL,
        version BIGINT NOT NULL,
        language TEXT NOT NULL,
        statement TEXT NOT NULL,
        text TEXT NOT NULL,
        since TEXT NOT NULL, -- the first business day it was shown
        place TEXT NOT NULL,
        PRIMARY KEY (home, survey, version, language, statement, place)
    )""",
    """CREATE TABLE actions (
        home TEXT NOT NULL REFERENCES sites (site),
        action TEXT NOT NULL,
        statement TEXT NOT NULL,
        scope TEXT NOT NULL, -- a service, department or lane; '' for the whole city
        due TEXT NOT NULL,
        remeasure TEXT NOT NULL,
        state TEXT NOT NULL, -- open, done, dropped
        event_id TEXT NOT NULL, -- whose words are in texts
        day TEXT NOT NULL,
        place TEXT NOT NULL,
        PRIMARY KEY (home, action)
    )""",
    """CREATE TABLE counters (
        home TEXT NOT NULL REFERENCES sites (site),
        counter TEXT NOT NULL,
        state TEXT NOT NULL, -- open, paused, closed
        staff TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        place TEXT NOT NULL,
        PRIMARY KEY (home, counter)
    )""",
    """CREATE TABLE closed_days (
        home TEXT NOT NULL REFERENCES sites (site),
        day TEXT NOT NULL,
        closed_at TEXT NOT NULL,
        PRIMARY KEY (home, day)
    )""",
    """CREATE TABLE visits (
        home TEXT NOT NULL REFERENCES sites (site),
        visit TEXT NOT NULL,
        language TEXT NOT NULL,
        day TEXT NOT NULL,
        place TEXT NOT NULL,
        PRIMARY KEY (home, visit)
    )""",
    "CREATE INDEX visits_of_day ON visits (day, home)",
    """CREATE TABLE searches (
        event_id TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        visit TEXT NOT NULL,
        language TEXT NOT NULL,
        results BIGINT NOT NULL,
        chosen TEXT NOT NULL, -- service id, '' when none was chosen
        confident SMALLINT NOT NULL,
        day TEXT NOT NULL
    )""",
    "CREATE INDEX searches_of_day ON searches (day, home)",
    """CREATE TABLE service_views (
        event_id TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        language TEXT NOT NULL,
        day TEXT NOT NULL
    )""",
    "CREATE INDEX service_views_of_day ON service_views (day, home)",
    """CREATE TABLE pages_taken (
        event_id TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        how TEXT NOT NULL, -- qr: its code was shown; printed
        day TEXT NOT NULL
    )""",
    "CREATE INDEX pages_taken_of_day ON pages_taken (day, home)",
    """CREATE TABLE needs_met (
        event_id TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        visit TEXT NOT NULL,
        service TEXT NOT NULL,
        answer TEXT NOT NULL, -- to 'Was this what you needed?': yes, partly, no
        day TEXT NOT NULL
    )""",
    "CREATE INDEX needs_met_of_day ON needs_met (day, home)",
    """CREATE TABLE desk_answers (
        event_id TEXT PRIMARY KEY,
        home TEXT NOT NULL REFERENCES sites (site),
        service TEXT NOT NULL, -- '' when it was about none of the services
        language TEXT NOT NULL,
        day TEXT NOT NULL
    )""",
    "CREATE INDEX desk_answers_of_day ON desk_answers (day, home)",
    """CREATE TABLE doubted_facts (
        event_id TEXT PRIMARY KEY, -- whose words are in texts
        home TEXT NOT NULL REFERENCES sites (site),
        service TEXT NOT NULL,
        fact TEXT NOT NULL,
        day TEXT NOT NULL
    )""",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _TABLES:
        op.execute(statement)
