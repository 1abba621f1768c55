"""One tree of errors; each says what happened, where, and what a person should do next.

KioskError
├── SettingsError        a setting that can't be used
├── CatalogError         services.yaml refused; carries every problem
├── LocaleError          a language that is missing or unknown
├── TicketRefused        a step that a ticket, a lane or a counter does not allow now
├── BatchError           a batch that can't be sealed, or that is not as it was sealed
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
    (unknown), `ticket` (unknown), `state`, `counter`, `cool_down`, `undo`, `busy`, `nobody`, `service`.
    """

    def __init__(self, reason: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.reason = reason


class BatchError(KioskError):
    """A part of the journal can't be sealed, or a batch is not as it was sealed; `line` of its file or 0."""

    def __init__(self, what: str, next_step: str = "", line: int = 0) -> None:
        super().__init__(what, next_step)
        self.line = line


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
