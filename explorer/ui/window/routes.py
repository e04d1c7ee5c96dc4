"""Which event of the engine goes to whom, and in which order."""

from __future__ import annotations

from explorer.protocol.events import (
    BestEpoch,
    Compiling,
    Devices,
    EpochDone,
    Event,
    Exported,
    ExportProgress,
    Failed,
    HeldOut,
    Losses,
    Prediction,
    Progress,
    Ready,
    SettingChanged,
    Started,
    Status,
    StoppedEarly,
    Thumbnails,
    Tried,
    Warned,
)
from explorer.ui.session.recording import Recording
from explorer.ui.window.pump import Receiver
from explorer.ui.window.window import MainWindow


def connect_events(w: MainWindow) -> None:
    """Curves first, then those who steer, then the window, then the panels that read them."""
    routes: tuple[tuple[Receiver[Event], tuple[type[Event], ...]], ...] = (
        (w.log.add, (Started, Losses, HeldOut, EpochDone, SettingChanged, Status)),
        (w.recording.take, Recording.LISTENS_TO),
        (w.runs.take, (Status, EpochDone, Failed, SettingChanged)),
        (w.runner.take, (Ready, Status, Started, SettingChanged)),
        (w.status.take, (Ready, Devices, Started, Status, Progress, Compiling)),
        (w.exporter.take, (ExportProgress, Exported, Failed)),
        (w.custom.take, (Tried,)),
    )
    for receiver, kinds in routes:
        for kind in kinds:
            w.pump.connect_to(kind, receiver)
    _connect_window(w)
    for panel in w.panels.values():
        for kind in panel.events:
            w.pump.connect_to(kind, panel.take)
    w.pump.connect_to(Started, w.runs.take)  # hands out earlier curves: once all know of the run


def _connect_window(w: MainWindow) -> None:
    """What an event means to the window as a whole."""

    def take_status(event: Status) -> None:
        w.collector.settle()
        w.faults.follow(event.state)
        w.refresh()
        w.watcher.refresh()

    def take_compiling(event: Compiling) -> None:
        if event.stage == "failed":
            w.messages.tell("warning", event.message, event.details)
        elif event.stage == "done":
            w.status.say(event.message)

    w.pump.connect_to(Failed, w.faults.tell)
    w.pump.connect_to(Warned, w.faults.warn)
    w.pump.connect_to(
        Thumbnails,
        lambda event: w.canvas.canvas.set_thumbnails(event.pictures, event.network),
    )
    w.pump.connect_to(Status, take_status)

    def take_best(event: BestEpoch) -> None:
        def use() -> None:
            w.runner.use_best()
            w.status.say(f"The weights of epoch {event.epoch} are in place.")

        if event.asked:
            w.messages.tell("warning", event.told, actions=(("Use the best ones", use),))
        else:
            w.status.say(event.told)

    w.pump.connect_to(BestEpoch, take_best)
    w.pump.connect_to(StoppedEarly, lambda event: w.messages.tell("good", event.told))
    w.pump.connect_to(Prediction, lambda event: w.hurry.stop())
    w.pump.connect_to(Ready, lambda event: w.watcher.refresh())
    w.pump.connect_to(Compiling, take_compiling)
