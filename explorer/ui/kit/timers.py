"""Timers that fire once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer


def single_shot(parent: QObject, interval_ms: int) -> QTimer:
    """A timer that fires once after each start; starting it again begins the wait anew."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    return timer
