"""The catalogue, the messages and the search index in every language, loaded when first needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from kiosk.catalog.load import Loaded, changed, load_or_last_good, origin
from kiosk.catalog.texts import localize
from kiosk.errors import LocaleError
from kiosk.i18n.messages import Messages, find_locales, po_path, published_locales
from kiosk.i18n.messages import load as load_messages

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.search.finder import Finder
    from kiosk.settings import Settings

log = logging.getLogger(__name__)


@dataclass
class Library:
    """What can be read on screen; a language that can't be loaded is left out and named to staff."""

    settings: Settings
    loaded: Loaded
    locales: Path = field(default_factory=find_locales)
    """What was installed; translations that a center published with the catalogue go before them."""
    troubles: list[str] = field(default_factory=list)
    choices: dict[str, float] = field(default_factory=dict)
    """How usual each service is among visitors, 0 to 1; read by the search at every key."""
    _messages: dict[str, Messages] = field(default_factory=dict)
    _catalogs: dict[str, Catalog] = field(default_factory=dict)
    _finder: Finder | None = None
    _building: Lock = field(default_factory=Lock)

    @classmethod
    def open(cls, settings: Settings) -> Library:
        """Load the catalogue, or its last good copy."""
        library = cls(settings, load_or_last_good(settings))
        library.troubles += library.loaded.problems
        return library

    @property
    def languages(self) -> list[str]:
        """Codes offered, in the settings' order."""
        return [code for code in self.settings.languages if self._try(code)]

    def messages(self, code: str) -> Messages:
        """One language's messages; raises LocaleError when there are none."""
        if code not in self._messages:
            first, *others = self._folders()
            self._messages[code] = load_messages(code, first, *others)
        return self._messages[code]

    def _folders(self) -> list[Path]:
        """Where translations are looked for, the published ones first."""
        path = self.loaded.path
        published = published_locales(path) if origin(path, self.settings) == "published" else None
        return [published, self.locales] if published else [self.locales]

    def _try(self, code: str) -> bool:
        try:
            self.messages(code)
        except LocaleError as problem:
            if str(problem) not in self.troubles:
                self.troubles.append(str(problem))
                log.warning("%s", problem)
            return False
        return True

    def catalog(self, code: str) -> Catalog:
        """The catalogue in one language; text without a translation stays English."""
        if code not in self._catalogs:
            self._catalogs[code] = localize(self.loaded.catalog, self.messages(code).service_text)
        return self._catalogs[code]

    @property
    def finder(self) -> Finder:
        """What answers a search, its index from the cache where the content is the same."""
        with self._building:
            if self._finder is None:
                from kiosk.search.finder import Finder
                from kiosk.search.index import build, cached

                catalog, key = self.loaded.catalog, self._content_key()
                index = cached(self.settings.cache, key, lambda: build(catalog, self._localized()))
                self._finder = Finder.of(index, catalog, self.choices)
            return self._finder

    def learn(
        self,
        stopped: Callable[[], bool] = lambda: False,
        begun: Callable[[int], object] = lambda missing: None,
    ) -> bool:
        """Let the finder also search by meaning; False where it is set off, not installed, or `stopped`.

        Seconds to minutes for a new catalogue, less than one from the cache: never on the screen's thread.
        `begun` is told how many texts are new, if any.
        """
        from kiosk.search import meaning

        finder = self.finder
        if finder.meaning is None and self.settings.search.meaning:
            model = meaning.load()
            if model is not None:
                passages = meaning.passages(self.loaded.catalog, self._localized())
                finder.meaning = meaning.embed(model, passages, self.settings.cache, stopped, begun)
        return finder.meaning is not None

    def _localized(self) -> dict[str, Catalog]:
        return {code: self.catalog(code) for code in self.languages}

    def _content_key(self) -> str:
        """What the index depends on: the catalogue, and each language's translations of it."""
        stats = []
        for code in self.languages:
            for locales in self._folders():
                po = po_path(locales, code, "services")
                file = po if po.exists() else po.with_suffix(".mo")
                stats.append(f"{code} {file.stat().st_mtime_ns if file.exists() else 0}")
        return "\n".join([self.loaded.catalog.digest, *stats])

    def refresh(self) -> bool:
        """Take up a changed or another services.yaml and say so; a bad one changes only the troubles."""
        if not changed(self.loaded):
            return False
        loaded, folders = load_or_last_good(self.settings), self._folders()
        with self._building:
            self.loaded, self.troubles = loaded, [*loaded.problems]
            self._catalogs.clear()
            self._finder = None
            if len(folders) > 1 or len(self._folders()) > 1:
                self._messages.clear()  # the translations came with it
        return True
