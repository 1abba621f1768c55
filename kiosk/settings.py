"""Settings: typed, with a default for every field; a TOML file and KIOSK_* variables override them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any, get_type_hints

from kiosk.errors import SettingsError


@dataclass(frozen=True)
class Screen:
    """How the screens look and how long they wait."""

    theme: str = "paper"
    """`paper` (bright lobbies), `night` or `contrast` (7:1)."""
    accent: str = ""
    """The city's own colour as `#RRGGBB`; empty keeps the theme's. Refused when it breaks contrast."""
    display_type: str = "auto"
    """How headings are drawn: `auto`, `sextant`, `half` or `off`."""
    bidi: str = "app"
    """Who reorders right-to-left text: `app`, or `terminal` if yours does it (mlterm, VTE, Konsole)."""
    motion: bool = True
    """Lights in the attract picture change slowly; `false` keeps everything still."""
    idle_seconds: int = 60
    """Seconds without a touch before the warning."""
    warning_seconds: int = 25
    """Seconds the warning counts down; at least 20."""


@dataclass(frozen=True)
class Survey:
    """The exit survey."""

    comment: bool = False
    """Offer an optional comment after the last statement."""


@dataclass(frozen=True)
class Search:
    """How services are found."""

    meaning: bool = True
    """Search by meaning too, where the extra `semantic` is installed; `false` for a slow machine."""


@dataclass(frozen=True)
class Tickets:
    """Queue tickets."""

    range: str = ""
    """This machine's share of every lane's numbers, as `100-499`, where two machines issue tickets without a
    center; empty: the whole range of the lane."""


@dataclass(frozen=True)
class Printer:
    """The ticket printer."""

    kind: str = "none"
    """`none`, `usb`, `network`, `serial` or `file`."""
    address: str = ""
    """`usb`: `04b8:0e15` (vendor:product); `network`: `host` or `host:9100`; `serial`: `/dev/ttyUSB0` or
    `/dev/ttyUSB0:115200`; `file`: a path, such as `/dev/usb/lp0`."""
    paper: int = 80
    """Width of the paper in millimeters, 80 or 58."""


@dataclass(frozen=True)
class Sound:
    """What the board lets the room hear."""

    chime: bool = True
    """A chime with every call."""
    speech: bool = True
    """The number and the counter are spoken in the visitor's language, where espeak-ng is installed."""


@dataclass(frozen=True)
class Settings:
    """Everything a city or a machine may set; the defaults run a kiosk without any file."""

    data: Path = Path()
    """Folder of this machine's journal, caches and logs (KIOSK_DATA, --data)."""
    services: Path | None = None
    """A services.yaml to use instead of the ones looked for (KIOSK_SERVICES, --services)."""
    languages: tuple[str, ...] = ("en", "es", "vi", "zh_Hans", "ar")
    """Languages offered, in the order of their buttons."""
    timezone: str = "America/Chicago"
    """IANA name of the city's time zone."""
    day_starts: time = time(4, 0)
    """Local time at which a business day begins."""
    screen: Screen = field(default_factory=Screen)
    survey: Survey = field(default_factory=Survey)
    search: Search = field(default_factory=Search)
    tickets: Tickets = field(default_factory=Tickets)
    printer: Printer = field(default_factory=Printer)
    sound: Sound = field(default_factory=Sound)

    @property
    def journal(self) -> Path:
        """The machine's SQLite file."""
        return self.data / "kiosk.db"

    @property
    def cache(self) -> Path:
        """Derived files that may be deleted at any time."""
        return self.data / "cache"


CHOICES: dict[str, tuple[str | int, ...]] = {
    "screen.theme": ("paper", "night", "contrast"),
    "screen.display_type": ("auto", "sextant", "half", "off"),
    "screen.bidi": ("app", "terminal"),
    "printer.kind": ("none", "usb", "network", "serial", "file"),
    "printer.paper": (80, 58),
}
MINIMUM = {"screen.idle_seconds": 10, "screen.warning_seconds": 20}


PRACTICE = "practice"
"""The folder for practice, inside the data folder."""


def load(data: Path | None = None, services: Path | None = None, practice: bool = False) -> Settings:
    """Read DATA/kiosk.toml and KIOSK_*; arguments win over variables, variables over the file.

    With `practice` the data folder is the one for practice inside it; the settings are the same.

    Raises SettingsError naming the key, its place and what is allowed.
    """
    folder = data or _env_path("KIOSK_DATA") or _user_folder()
    file = _env_path("KIOSK_SETTINGS") or folder / "kiosk.toml"
    settings: Settings = _apply(Settings(), _read(file), str(file))
    settings = _apply(settings, _environment(), "environment")
    chosen = services or _env_path("KIOSK_SERVICES") or settings.services
    return replace(settings, data=folder / PRACTICE if practice else folder, services=chosen)


def _user_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("kiosk", appauthor=False))


def _env_path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsError(f"{file}: {problem}", "Mend or remove the file.") from problem


def _environment() -> dict[str, Any]:
    """KIOSK_SCREEN_THEME -> screen.theme; only names of fields count."""
    found: dict[str, Any] = {}
    for group in fields(Settings):
        nested = get_type_hints(Settings)[group.name]
        if is_dataclass(nested):
            values = {
                item.name: os.environ[name]
                for item in fields(nested)
                if (name := f"KIOSK_{group.name}_{item.name}".upper()) in os.environ
            }
            if values:
                found[group.name] = values
        elif group.name not in ("data", "services"):
            value = os.environ.get(f"KIOSK_{group.name}".upper())
            if value:
                found[group.name] = value
    return found


def _apply(target: Any, values: dict[str, Any], where: str, path: str = "") -> Any:
    """A copy of a settings dataclass with the values set; every problem names its key."""
    hints = get_type_hints(type(target))
    changed: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{path}{key}"
        if key not in hints:
            known = ", ".join(sorted(hints))
            raise SettingsError(f"{where}: unknown setting '{name}'", f"Known here: {known}.")
        current = getattr(target, key)
        if is_dataclass(current):
            if not isinstance(value, dict):
                raise SettingsError(
                    f"{where}: '{name}' is a group of settings", f"Write [{name}] above its keys."
                )
            changed[key] = _apply(current, value, where, f"{name}.")
        else:
            changed[key] = _value(hints[key], value, name, where)
    return replace(target, **changed)


def _value(kind: Any, value: Any, name: str, where: str) -> Any:
    try:
        result = _convert(kind, value)
    except (ValueError, TypeError) as problem:
        raise SettingsError(f"{where}: '{name}' can't be {value!r}", f"{problem}.") from problem
    if name in CHOICES and result not in CHOICES[name]:
        raise SettingsError(
            f"{where}: '{name}' can't be {value!r}", f"Allowed: {', '.join(map(str, CHOICES[name]))}."
        )
    if name == "tickets.range" and result and not _is_range(result):
        raise SettingsError(f"{where}: '{name}' can't be {value!r}", "Write three digits each: 100-499.")
    if name in MINIMUM and result < MINIMUM[name]:
        raise SettingsError(f"{where}: '{name}' can't be {value!r}", f"At least {MINIMUM[name]}.")
    return result


def _is_range(text: str) -> bool:
    first, _, last = text.partition("-")
    return (
        all(len(part) == 3 and part.isascii() and part.isdigit() for part in (first, last)) and first <= last
    )


def _convert(kind: Any, value: Any) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "1", "yes", "false", "0", "no"):
            return str(value).lower() in ("true", "1", "yes")
        raise ValueError("Write true or false")
    if kind is int:
        return int(value)
    if kind is time:
        return value if isinstance(value, time) else time.fromisoformat(str(value))
    if kind == tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts)
    if kind == Path | None or kind is Path:
        return Path(str(value)) if value else None
    return str(value)
