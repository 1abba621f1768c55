"""Many rows at once into a table, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from kiosk.center.folds import Row, Rule
from kiosk.center.storage import Connection


def put(connection: Connection, table: str, rule: Rule, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns and keys of their own; `rule` says what stays of two."""
    if not rows:
        return
    names = list(rows[0])
    columns = ", ".join(map(quoted, names))
    into = f"INSERT INTO {table} ({columns})"
    if connection.dialect == "sqlite":
        values = f"VALUES ({', '.join('?' * len(names))})"
        given = [tuple(row[name] for name in names) for row in rows]
        connection.driver.executemany(f"{into} {values} {_conflict(table, rule, names)}", given)
        return
    source = f"SELECT {columns} FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))"
    connection.run(f"{into} {source} {_conflict(table, rule, names)}", rows=json.dumps(rows))


def listed(connection: Connection, name: str) -> str:
    """A query of the texts in the JSON list that is given as the parameter `name`: for `IN`."""
    if connection.dialect == "sqlite":
        return f"SELECT value FROM json_each(:{name})"
    return f"SELECT jsonb_array_elements_text(CAST(:{name} AS jsonb))"


def listing(values: Iterable[str]) -> str:
    """The parameter for `listed`."""
    return json.dumps(list(values))


def quoted(column: str) -> str:
    """A column's name for SQL; names hold no quotes."""
    return f'"{column}"'


def _conflict(table: str, rule: Rule, names: Sequence[str]) -> str:
    target = f"ON CONFLICT ({', '.join(rule.key)}) DO"
    others = [quoted(name) for name in names if name not in rule.key]
    if not others or not (rule.anew or rule.rank):
        return f"{target} NOTHING"
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    if not rule.rank:
        return f"{target} UPDATE SET {changes}"
    better = "<" if rule.least else ">"
    return f"{target} UPDATE SET {changes} WHERE excluded.{rule.rank} {better} {table}.{rule.rank}"
