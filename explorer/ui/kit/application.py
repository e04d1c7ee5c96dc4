"""The QApplication: made once, with font, icon and name."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from explorer.ui.kit.icons import app_icon
from explorer.ui.kit.theme import load_fonts

NAME = "Architecture Explorer"
IDENTIFIER = "architecture-explorer"


def ensure_application() -> QApplication:
    """The program's QApplication; offscreen on a Linux machine without a display."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        app = present
    else:
        if sys.platform.startswith("linux") and not _has_display():
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        app = QApplication([IDENTIFIER])
    if not app.property("prepared"):
        app.setProperty("prepared", True)
        QCoreApplication.setApplicationName(IDENTIFIER)
        QCoreApplication.setOrganizationName(IDENTIFIER)
        app.setApplicationDisplayName(NAME)
        app.setDesktopFileName("architecture-explorer")
        load_fonts()
        app.setWindowIcon(app_icon())
    return app


def user_settings() -> QSettings:
    """What the user has chosen in earlier sessions."""
    ini, user = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    return QSettings(ini, user, IDENTIFIER, IDENTIFIER)


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
