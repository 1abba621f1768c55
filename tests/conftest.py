"""What all tests share: properties are judged by their result, never by the time of a busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("kiosk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kiosk")
