"""What all tests share: properties are judged by their result, never by the time of a busy machine."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Learning the whole catalogue by meaning takes a minute for every new data folder; tests that are about
# meaning learn a part of it themselves.
os.environ.setdefault("KIOSK_SEARCH_MEANING", "false")

settings.register_profile("kiosk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kiosk")
