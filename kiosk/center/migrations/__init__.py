"""The center's tables, as Alembic revisions that are written for SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

HEAD = "heads"


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date; several workers may start at once."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # 0x4B494F53, the letters KIOS: one worker migrates, the others wait and find it done.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1262047059)")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()
