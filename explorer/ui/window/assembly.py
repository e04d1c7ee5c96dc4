"""Makes the whole window: its parts, what can be asked of it, who hears of what."""

from __future__ import annotations

from collections.abc import Callable

from explorer.protocol.commands import Command
from explorer.protocol.events import Event
from explorer.ui.window.action_list import deeds
from explorer.ui.window.connections import connect_parts
from explorer.ui.window.helping import first_steps, show_gallery
from explorer.ui.window.routes import connect_events
from explorer.ui.window.window import MainWindow


def main_window(
    send: Callable[[Command], None],
    take: Callable[[], list[Event]],
    end_engine: Callable[[], object],
) -> MainWindow:
    """A window that talks to the engine through `send` and `take`; not shown yet."""
    window = MainWindow(send, take, end_engine)
    window.first_steps = first_steps(window)
    window.equip(deeds(window))
    connect_events(window)
    connect_parts(window)
    window.toolbar.gallery_asked.connect(lambda: show_gallery(window))
    return window
