"""A home of its own for a window that is measured."""

import os
import sys
from pathlib import Path

from explorer.records.folder import VARIABLE


def own_home(folder: Path) -> None:
    """Leave the user's own runs, layout and files alone; without a screen, paint in memory.

    For this process and those that it begins; call it before Qt is imported.
    """
    os.environ[VARIABLE] = str(folder / "runs")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder / name)
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
