"""How long a prediction takes, with the engine in its thread: idle, and while it trains."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.engine.commands.thread import EngineThread
from explorer.graph.files import load
from explorer.plan.plan import plan
from explorer.protocol.commands import Predict, Prepare, Train
from explorer.protocol.events import Prediction
from explorer.protocol.mailbox import CommandBox, EventBox

COUNT = 300
LEFT_OUT = 20  # the first ones


def answer_times(command: Callable[[CommandBox], None], count: int = COUNT) -> list[float]:
    """Milliseconds from Predict to Prediction, in ascending order."""
    commands, events = CommandBox(), EventBox()
    thread = EngineThread(commands, events)
    thread.start()
    command(commands)
    picture = np.zeros((1, 28, 28), np.uint8)
    waits = []
    for request in range(count + LEFT_OUT):
        began = time.perf_counter()
        commands.put(Predict(request, picture))
        while not any(isinstance(event, Prediction) for event in events.take()):
            time.sleep(0.0002)
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(0.005)
    thread.stop()
    return sorted(waits[LEFT_OUT:])


def main() -> None:
    """Print p50 and p99."""
    text = resources.path("examples", "tutorial-cnn.json").read_bytes()
    drawn = plan(load(text, block_of).document)
    for name, bar, command in (
        ("idle", "bar: p99 < 30 ms", lambda box: box.put(Prepare(drawn))),
        ("training", "bar: about a step more", lambda box: box.put(Train(1, drawn))),
    ):
        waits = answer_times(command)
        p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        print(f"prediction, {name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms ({bar})")


if __name__ == "__main__":
    main()
