"""One tree of errors; each says what happened, where, and what a person should do next.

KioskError
├── SettingsError        a setting that can't be used
├── CatalogError         services.yaml refused; carries every problem
├── LocaleError          a language that is missing or unknown
├── TicketRefused        a step that a ticket, a lane or a counter does not allow now
├── BatchError           a batch that can't be sealed, or that is not as it was sealed
├── CenterError          the center, or what was asked of it, does not work as it should
│   └── BatchRefused       a batch that the center does not take
├── SyncError            a center that can't be reached, or does not want this machine
├── ExportError          a folder or archive that can't be written, on a stick for instance
└── JournalError         kiosk.db can't be opened or written
    ├── JournalLocked      another process holds the file
    ├── JournalReadOnly    no permission to write
    ├── JournalCorrupt     not a database any more
    └── JournalFull        no space left on the disk
"""


class KioskError(Exception):
    """Base of every error the kiosk raises on purpose.

    `what` says what happened and where (file, line, key); `next_step` what to do about it.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}\n  What to do: {self.next_step}" if self.next_step else self.what


class SettingsError(KioskError):
    """A setting, in the TOML file or the environment, can't be used."""


class CatalogError(KioskError):
    """services.yaml is refused as a whole; `problems` holds every line to show."""

    def __init__(self, what: str, next_step: str = "", problems: tuple[str, ...] = ()) -> None:
        super().__init__(what, next_step)
        self.problems = problems


class LocaleError(KioskError):
    """A language is unknown, or its messages can't be read."""


class TicketRefused(KioskError):
    """What was asked of a ticket, a lane or a counter is not possible now, and nothing was recorded.

    `reason` is a word that the screens put into sentences: `closed`, `holiday`, `last_ticket`, `full`, `lane`
    (unknown), `ticket` (unknown), `state`, `counter`, `cool_down`, `undo`, `busy`, `nobody`, `service`,
    `elsewhere` (another counter of the site is calling them), `no_numbers` (none from the center yet).
    """

    def __init__(self, reason: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.reason = reason


class BatchError(KioskError):
    """A part of the journal can't be sealed, or a batch is not as it was sealed; `line` of its file or 0."""

    def __init__(self, what: str, next_step: str = "", line: int = 0) -> None:
        super().__init__(what, next_step)
        self.line = line


class CenterError(KioskError):
    """The center can't do what was asked of it."""


class BatchRefused(CenterError):
    """The center does not take a batch; nothing of it was kept but that it was refused.

    `code` is `unreadable` (no batch, forged or cut off), `foreign` (no device of this center has the chain),
    `device` (another device's chain), `revoked` or `practice`.
    """

    def __init__(self, code: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.code = code


class SyncError(KioskError):
    """What was to be exchanged with the center was not; the journal still has all of it.

    `reason` is a word that the screens put into sentences: `not_enrolled`, `unreachable`, `refused` (the
    center does not know this machine any more, or not yet), `not_center` (something else answers, such as the
    login page of a network), `busy` (another process of this machine is sending), `other`.
    """

    def __init__(self, reason: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.reason = reason


class ExportError(KioskError):
    """What was to be carried away can't be written; the journal still has all of it.

    `reason` is a word that the screens put into sentences: `full`, `read_only`, `gone` (the stick was pulled
    out, or the folder is not there), `busy` (another export writes there), `too_large`, `other`.
    """

    def __init__(self, reason: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.reason = reason


class JournalError(KioskError):
    """The journal file can't be opened or written; nothing that was recorded is lost."""


class JournalLocked(JournalError):
    """Another process has held the journal for longer than the busy timeout."""


class JournalReadOnly(JournalError):
    """The journal or its folder may not be written by this user."""


class JournalCorrupt(JournalError):
    """The file is not a readable SQLite database; it is kept aside, never deleted."""


class JournalFull(JournalError):
    """The disk is full; the event was not recorded."""
