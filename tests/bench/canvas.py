"""How fast the canvas is with 300 blocks: an edit until it is painted, panning, opening; and how
long the largest documents take to open.
"""

import json
import os
import random
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import add_node, connect, move, set_params
from explorer.graph.files import dump, load
from explorer.graph.layout import Measures, arranged
from explorer.plan.plan import plan
from explorer.ui.canvas.geometry import GRID, HEIGHT, STEP_X, STEP_Y, height_of
from explorer.ui.canvas.view import CanvasView
from explorer.ui.kit.theme import Theme, load_fonts
from explorer.ui.session.store import Selection, Store

BLOCKS = 300
COLUMNS = 20
EDITS = 60
PANS = 200
MANY_BLOCKS, MANY_UNKNOWN, MANY_WIRES = 5_000, 4_000, 20_000  # what a file may hold
REACH = 200  # blocks that a wire of the thicket leads on, at most


def big_document(blocks: int = BLOCKS) -> Document:
    """Convolutions and activations in rows, with a skip connection in each fifth place."""
    kinds = catalogue()
    document, before = add_node(Document(), kinds["input"]())
    names = [before]
    for place in range(1, blocks):
        kind = ("conv2d", "relu", "batch_norm2d", "dropout", "add")[place % 5]
        block = kinds["conv2d"](padding=1) if kind == "conv2d" else kinds[kind]()
        x, y = (place % COLUMNS) * 228.0, (place // COLUMNS) * 168.0
        document, name = add_node(document, block, x, y)
        document = connect(document, Wire(before, name, "y", block.inputs[0]))
        if kind == "add":
            document = connect(document, Wire(names[-3], name, "y", "b"))
        names.append(name)
        before = name
    return document


def thicket(blocks: int = MANY_UNKNOWN, wires: int = MANY_WIRES) -> str:
    """A file of blocks that no version knows, wired at random."""
    dice = random.Random(0)
    ends = []
    for _ in range(wires):
        source = dice.randrange(blocks - 1)
        ends.append((source, min(source + dice.randrange(1, REACH), blocks - 1)))
    record = json.loads(dump(Document()))
    record["nodes"] = [
        {"id": f"n{n}", "kind": "mystery", "x": n % 60 * 228.0, "y": n // 60 * 168.0}
        for n in range(blocks)
    ]
    record["wires"] = [
        {"from": f"n{source}", "to": f"n{target}", "input": f"x{place}"}
        for place, (source, target) in enumerate(ends)
    ]
    return json.dumps(record)


def milliseconds(action) -> float:
    """How long an action and the painting that follows it take."""
    begun = time.perf_counter()
    action()
    QApplication.processEvents()
    return (time.perf_counter() - begun) * 1e3


def main() -> None:
    """Print the figures, a line each."""
    application = QApplication.instance() or QApplication([])
    load_fonts()
    document = big_document()
    text = dump(document)
    store = Store()
    theme = Theme()
    theme.use(dark=False)
    view = CanvasView(store, Selection(), theme)
    view.resize(1440, 900)
    view.show()
    application.processEvents()

    opening = milliseconds(lambda: store.open(load(text, block_of).document))
    names = [name for name in document.nodes if name.startswith("conv")]
    parameter = [
        milliseconds(
            lambda n=n, i=i: store.edit(
                "Set", lambda d: set_params(d, n, {"out_channels": 8 + i % 50})
            )
        )
        for i, n in enumerate(names[:EDITS])
    ]
    moving = [
        milliseconds(
            lambda n=n: store.edit(
                "Move", lambda d: move(d, {n: (d.nodes[n].x + 24.0, d.nodes[n].y + 36.0)})
            )
        )
        for n in names[:EDITS]
    ]
    store.open(document)
    fitted = pan_rate(view)
    view.camera.zoom_by(1.0 / view.camera.zoom)
    near = pan_rate(view)
    yardstick = statistics.median(milliseconds(lambda: plan(document)) for _ in range(20))
    print(f"canvas, {len(document.nodes)} blocks, {len(document.wires)} wires, 1440 x 900")
    print(f"  open a document: {opening:.0f} ms")
    for words, times in (("set a parameter", parameter), ("move a block", moving)):
        middle = statistics.median(times)
        print(
            f"  {words}, plan, repaint: median {middle:.1f} ms, "
            f"{middle / yardstick:.1f} times a plan"
        )
    begun = time.perf_counter()
    arranged(document, Measures(height_of, STEP_X, STEP_Y - HEIGHT, GRID))
    print(f"  arrange all: {(time.perf_counter() - begun) * 1e3:.0f} ms")
    print(f"  pan, all in sight: {fitted:.0f} frames/s")
    print(f"  pan, zoom 1: {near:.0f} frames/s")
    print_largest(store)
    view.close()


def print_largest(store: Store) -> None:
    """The largest documents, a line each, opened on the same canvas."""
    for words, text in (
        (f"{MANY_BLOCKS:,} blocks", dump(big_document(MANY_BLOCKS))),
        (f"{MANY_UNKNOWN:,} unknown blocks, {MANY_WIRES:,} wires", thicket()),
    ):
        begun = time.perf_counter()
        document = load(text, block_of).document
        reading = time.perf_counter() - begun
        opening = milliseconds(lambda document=document: store.open(document)) / 1e3
        print(f"  open {words}: read {reading:.1f} s, shown {opening:.1f} s")


def pan_rate(view: CanvasView) -> float:
    """Frames a second while the drawing is pushed to and fro."""
    across, down = view.horizontalScrollBar(), view.verticalScrollBar()

    def step(place: int) -> None:
        sign = 1 if place % 40 < 20 else -1
        across.setValue(across.value() + sign * 7)
        down.setValue(down.value() + sign * 5)

    times = [milliseconds(lambda place=place: step(place)) for place in range(PANS)]
    return 1e3 / statistics.mean(times)


if __name__ == "__main__":
    main()
