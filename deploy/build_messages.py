"""Hatchling build hook: compiles locales/*/LC_MESSAGES/*.po into the wheel."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MessagesBuildHook(BuildHookInterface[BuilderConfig]):
    """Puts a .mo beside every .po of the wheel; the source tree is not written to.

    An editable install reads the checkout's locales/, where the kiosk compiles what is newer by itself.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder and name the results for the archive."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)  # the build environment has Babel, but not yet the kiosk
        try:
            from kiosk.i18n.compiling import mo_bytes
        finally:
            sys.path.remove(self.root)
        self._folder = TemporaryDirectory()
        for po in sorted(Path(self.root, "locales").glob("*/LC_MESSAGES/*.po")):
            code = po.parts[-3]
            mo = Path(self._folder.name, f"{code}.{po.stem}.mo")
            mo.write_bytes(mo_bytes(po, code))
            build_data["force_include"][str(mo)] = f"kiosk/data/locales/{code}/LC_MESSAGES/{po.stem}.mo"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
