"""Garbage is collected by the window's thread only, and by Python again afterwards."""

import gc

from PySide6.QtCore import QObject

from explorer.ui.window.collector import INTERVAL_MS, Collector


class Loop:
    gone = 0

    def __init__(self):
        self.me = self

    def __del__(self):
        Loop.gone += 1


def test_loops_are_collected_while_automatic_collection_is_off(qtbot):
    owner = QObject()
    collector = Collector(owner)
    collector.start()
    assert not gc.isenabled()
    try:
        collector.settle()
        assert gc.get_freeze_count() > 0
        Loop()
        qtbot.waitUntil(lambda: Loop.gone == 1, timeout=INTERVAL_MS * 8)
    finally:
        collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
