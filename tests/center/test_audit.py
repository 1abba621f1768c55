"""The book of who did what."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from kiosk.center import audit
from kiosk.center.context import Center


def test_lines_come_back_the_newest_first(center: Center) -> None:
    with center.store.begin() as connection:
        audit.note(connection, center, "chief", "exported", "responses", rows=3)
        audit.note(connection, center, "", "published", "2")
    with center.store.read() as connection:
        lines = audit.entries(connection)
        assert [(line.account, line.action, line.about, line.details) for line in lines] == [
            ("", "published", "2", {}),
            ("chief", "exported", "responses", {"rows": 3}),
        ]
        assert lines[1].said == "Exported" and lines[1].at == "2026-11-23T16:41:00.000Z"
        assert [line.action for line in audit.entries(connection, account="chief")] == ["exported"]
        assert [line.action for line in audit.entries(connection, account="")] == ["published"]
        assert [line.action for line in audit.entries(connection, action="exported")] == ["exported"]
        assert [line.action for line in audit.entries(connection, before=lines[0].number)] == ["exported"]


@pytest.mark.parametrize("statement", ["UPDATE audit SET account = 'other'", "DELETE FROM audit"])
def test_no_line_is_ever_changed_or_torn_out(center: Center, statement: str) -> None:
    with center.store.begin() as connection:
        audit.note(connection, center, "chief", "exported", "responses")
    with pytest.raises(DBAPIError, match="append only"), center.store.begin() as connection:
        connection.run(statement)
    with center.store.read() as connection:
        assert len(audit.entries(connection)) == 1


def test_a_line_needs_an_action_that_is_known(center: Center) -> None:
    with center.store.begin() as connection, pytest.raises(ValueError, match="looked"):
        audit.note(connection, center, "chief", "looked")
