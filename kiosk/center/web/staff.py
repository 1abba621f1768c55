"""All pages of staff."""

from __future__ import annotations

from fastapi import APIRouter

from kiosk.center.web import (
    staff_admin,
    staff_catalog,
    staff_comments,
    staff_devices,
    staff_exports,
    staff_figures,
    staff_sign_in,
)

PARTS = (
    staff_sign_in.router,
    staff_devices.router,
    staff_figures.router,
    staff_comments.router,
    staff_exports.router,
    staff_catalog.router,
    staff_admin.router,
)

router = APIRouter()
for _part in PARTS:
    router.include_router(_part)
