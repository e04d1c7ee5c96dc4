"""Where the user's runs and caches are kept, by the rules of the system or by the user's wish."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "architecture-explorer"
VARIABLE = "EXPLORER_DATA"


def data_folder(chosen: Path | None = None) -> Path:
    """The folder for runs: the one given, or $EXPLORER_DATA, or the user's data folder."""
    if chosen is not None:
        return Path(chosen).expanduser().absolute()
    wished = os.environ.get(VARIABLE)
    if wished:
        return Path(wished).expanduser().absolute()
    return _system_folder() / NAME


def cache_folder() -> Path:
    """The folder for what can be made again: the user's own, by the rules of the system."""
    home = Path.home()
    if sys.platform == "win32":
        return _system_folder() / NAME / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / NAME
    found = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(found) if found.startswith("/") else home / ".cache") / NAME


def _system_folder() -> Path:
    """Checkpoints are large: on Windows the folder that is not copied from machine to machine."""
    home = Path.home()
    if sys.platform == "win32":
        found = os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA")
        return Path(found) if found else home / "AppData" / "Local"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    found = os.environ.get("XDG_DATA_HOME", "")
    # The specification has it that a relative path is to be ignored.
    return Path(found) if found.startswith("/") else home / ".local" / "share"
