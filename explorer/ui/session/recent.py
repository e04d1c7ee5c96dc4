"""The documents opened or saved lately."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 10


class Recent:
    """Kept in the user's settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def paths(self) -> list[Path]:
        """The latest first."""
        stored = self._settings.value("recent", [])
        names = stored if isinstance(stored, list) else [stored] if stored else []
        return [Path(str(name)) for name in names]

    def add(self, path: Path) -> None:
        """This one was opened or saved just now."""
        path = path.resolve()
        names = [path, *(each for each in self.paths if each != path)][:MOST]
        self._settings.setValue("recent", [str(name) for name in names])
