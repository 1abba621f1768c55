"""Running the center's web application: one process, or several workers on one PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from kiosk.center.app import create_app
from kiosk.center.context import Center
from kiosk.center.opening import open_center
from kiosk.center.settings import Serving
from kiosk.errors import CenterError

FOLDER, DATABASE = "KIOSK_CENTER", "KIOSK_CENTER_DATABASE"
"""Where workers find what the command was told: variables of their environment."""

GRACE = 20
"""Seconds that a request has to end when the center stops; who waits for news is let go at once."""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"uvicorn": {"level": "INFO", "handlers": ["errors"], "propagate": False}},
    "root": {"level": "WARNING", "handlers": ["errors"]},
}
"""To standard error: start, stop and faults. Nowhere is it written who asked for what."""


def serve(center: Center, folder: Path, database: str, how: Serving) -> None:
    """Serve until a signal ends it; raises CenterError for workers that the database can't have."""
    if how.workers > 1 and center.store.dialect == "sqlite":
        raise CenterError(
            "a SQLite file is written by one worker at a time",
            "Leave --workers out, or give --database postgresql+psycopg://USER@HOST/NAME.",
        )
    if how.workers == 1:
        uvicorn.run(create_app(center), **options(how))
        return
    center.store.close()
    os.environ[FOLDER], os.environ[DATABASE] = str(folder), database
    uvicorn.run("kiosk.center.serving:application", factory=True, workers=how.workers, **options(how))


def application() -> FastAPI:
    """The application of a worker, as the environment says."""
    return create_app(open_center(Path(os.environ[FOLDER]), os.environ.get(DATABASE, "")))


def options(how: Serving) -> dict[str, Any]:
    """What uvicorn is told: no log of requests, no name of the server, whom to believe about addresses."""
    return {
        "host": how.host,
        "port": how.port,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(how.proxies),
        "forwarded_allow_ips": how.proxies,
        "timeout_graceful_shutdown": GRACE,
        "log_config": LOGGING,
    }
