"""The open window: first paint, ready, frame gaps while it trains, pen to answer.

Steps per second under it are in `training`, beside the others.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.bench._home import own_home

TRAIN_S = 24.0
STROKES = 60
SETTLE_MS = 4_000  # torch still imports beside the engine just after the start

START = """
import time
began = time.perf_counter()
from explorer.app import launch
window = launch([])
from PySide6.QtWidgets import QApplication
app = QApplication.instance()
app.processEvents()
print(f"paint {time.perf_counter() - began:.3f}", flush=True)
while not (window.runner.ready and window.runner.state == "untrained"):
    app.processEvents()
    time.sleep(0.002)
print(f"ready {time.perf_counter() - began:.3f}", flush=True)
window.store.mark_saved(window.store.document)
window.close()
"""


def main() -> None:
    """Print the figures, a line each."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own_home(Path(folder))
        start_up()
        from explorer.app import launch

        window = launch([])
        try:
            live(window)
        finally:
            window.store.mark_saved(window.store.document)
            window.close()


def start_up() -> None:
    """A new process: from its first line to the first paint, and to a network that can train."""
    lines = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", START], capture_output=True, text=True, check=True
        )
        lines.append(dict(line.split() for line in done.stdout.splitlines()))
    for name, bar in (("paint", "< 1 s"), ("ready", "< 4 s")):
        median = statistics.median(float(line[name]) for line in lines)
        print(f"first {name:<6} {median:8.2f} s    (bar: {bar}; median of 3)")


def live(window) -> None:
    from PySide6.QtTest import QTest

    from explorer.ui.tour.guide import rest

    nodes = window.canvas.canvas.nodes
    wait(lambda: nodes["conv1"].picture is not None)  # the dataset is there, too
    rest(SETTLE_MS)
    pen(window, QTest, "idle", "< 30 ms")
    window.runner.train()
    wait(lambda: len(window.log.training()[0]) > 20)
    gaps = frames()
    print(f"frame gap    {np.percentile(gaps, 50):8.1f} ms   p50 while training")
    print(f"frame gap    {np.percentile(gaps, 99):8.1f} ms   p99 while training (bar: < 33 ms)")
    pen(window, QTest, "while training", "about a step more")


def frames() -> list[float]:
    """Gaps (ms) between turns of a 16 ms timer in the GUI thread."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(16)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    loop = QEventLoop()  # as the program itself waits: polling would take the engine's time
    QTimer.singleShot(round(TRAIN_S * 1000), loop.quit)
    loop.exec()
    timer.stop()
    return list(np.diff(ticks) * 1000)


def pen(window, qtest, when: str, bar: str) -> None:
    """From a pen's move to the bars: p99 over many moves."""
    from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
    from PySide6.QtWidgets import QWidget

    from explorer.protocol.events import Prediction
    from explorer.ui.tour.guide import rest

    answered: list[float] = []
    loop = QEventLoop()  # as the program itself waits: polling would take the engine's time
    patience = QTimer(singleShot=True, interval=3000)
    patience.timeout.connect(loop.quit)

    def take(event) -> None:
        answered.append(time.perf_counter())
        loop.quit()

    window.pump.connect_to(Prediction, take)
    pad = window.findChild(QWidget, "digitPad")
    side = pad.width()
    times = []
    qtest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(side // 4, side // 4))
    for turn in range(STROKES):
        del answered[:]
        began = time.perf_counter()
        x = side // 4 + side // 2 * (turn % 10) // 10
        qtest.mouseMove(pad, QPoint(x, side // 4 + side // 2 * turn // STROKES))
        if not answered:
            patience.start()
            loop.exec()
            patience.stop()
        if answered:
            times.append((answered[-1] - began) * 1000)
        rest(25)
    qtest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(side // 2, side // 2))
    p50, p99 = np.percentile(times, [50, 99])
    print(
        f"pen to bars  {p50:8.1f} ms p50, {p99:.1f} ms p99, {when} (bar: {bar}; {len(times)} moves)"
    )


def wait(until, seconds: float = 60.0) -> None:
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    main()
