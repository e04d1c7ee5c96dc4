"""The main job with real mouse events: build, train, draw, export, run what was exported."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from explorer.datasets.catalogue import load
from explorer.graph.document import Wire
from explorer.plan.documents import examples, read
from explorer.ui.tour.guide import rest
from explorer.ui.tour.tour import SEVEN

LAYOUT = (
    ("input", "conv2d", "relu", "max_pool2d"),
    ("conv2d", "relu", "max_pool2d", "flatten"),
    ("linear", "relu", "linear", "output"),
)
TYPED = {
    "conv1": {"padding": "1"},
    "conv2": {"out_channels": "64", "padding": "1"},
    "fc2": {"out_features": "10"},
}


def drag(guide, start, end):
    viewport = guide.window.canvas.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for share in range(1, 7):
        QTest.mouseMove(viewport, start + (end - start) * (share / 6))
        rest(2)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def connect(guide, source, target):
    view = guide.window.canvas
    start = view.port_position(source, "y", "output")
    drag(guide, start, view.port_position(target, "x", "input"))
    guide.wait(
        f"{source} -> {target}", lambda: Wire(source, target) in guide.store.document.wires, 5
    )


def type_into(guide, name, text):
    field = guide.find(QWidget, f"param_{name}").findChild(QLineEdit)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def build_the_tutorial_cnn(guide):
    guide.window.files.new()
    guide.window.arrange("build")
    rest(100)
    for row, kinds in enumerate(LAYOUT):
        for column, kind in enumerate(kinds):
            guide.drop(kind, QPoint(100 + 205 * column, 90 + 165 * row))
    names = list(guide.store.document.nodes)
    assert len(names) == 12, guide.window.messages.text
    for source, target in pairwise(names):
        connect(guide, source, target)
    for name, values in TYPED.items():
        guide.click_block(name)
        for parameter, text in values.items():
            type_into(guide, parameter, text)
    return names


def same_design(document, example):
    """Equal layers in an equal row; sizes taken from the wire count as given."""
    from explorer.plan.plan import plan

    return [step.call for step in plan(document).steps] == [
        step.call for step in plan(example).steps
    ]


def train(guide, steps):
    guide.wait("PyTorch is loaded", lambda: guide.window.runner.ready)
    guide.press("trainButton")
    guide.wait("enough steps", lambda: guide.steps() >= steps, 240)
    guide.press("stopButton")
    guide.wait("stopped", lambda: guide.window.runner.state == "stopped")


def live_logits(guide, pictures):
    """The live network's log-probabilities, through the same command that the pad uses."""
    from explorer.protocol.commands import Predict
    from explorer.protocol.events import Prediction

    answers = {}
    guide.window.pump.connect_to(Prediction, lambda e: answers.setdefault(e.request, e))
    for number, picture in enumerate(pictures, start=1_000_000):
        guide.window._send(Predict(number, picture))
        guide.wait("an answer", lambda n=number: n in answers, 10)
    return np.log(np.stack([answers[n].probabilities for n in sorted(answers) if n >= 1_000_000]))


def in_a_fresh_interpreter(code, *arguments, cwd):
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return np.array(json.loads(done.stdout.splitlines()[-1]))


RUN_SOURCE = """
import importlib.util, json, sys
import numpy as np, torch
spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
exported = importlib.util.module_from_spec(spec)
spec.loader.exec_module(exported)
assert "explorer" not in sys.modules
model = exported.load(sys.argv[2])
with torch.no_grad():
    logits = model(exported.preprocess(torch.from_numpy(np.load(sys.argv[3]))))
print(json.dumps(logits.log_softmax(1).tolist()))
"""
RUN_ONNX = """
import json, sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
facts = session.get_modelmeta().custom_metadata_map
x = np.load(sys.argv[2]).astype(np.float32) / float(facts["scale"])
x = (x - float(facts["mean"])) / float(facts["std"])
logits = session.run(None, {session.get_inputs()[0].name: x.astype(np.float32)})[0]
logits = logits - logits.max(1, keepdims=True)
print(json.dumps((logits - np.log(np.exp(logits).sum(1, keepdims=True))).tolist()))
"""


def test_build_train_draw_and_export(guide, tmp_path):
    build_the_tutorial_cnn(guide)
    assert guide.store.plan.ready, guide.store.plan.problems
    assert same_design(guide.store.document, read(examples()["tutorial-cnn"]).document)
    assert guide.store.plan.weights == 421_642

    train(guide, 100)
    guide.draw(SEVEN)
    label = guide.find(QLabel, "digitPadPrediction")
    guide.wait("the 7 is read", lambda: label.text().startswith("7"), 20)
    QTest.mouseClick(guide.find(QAbstractButton, "digitPadClear"), Qt.MouseButton.LeftButton)
    assert not label.text().startswith("7")

    for name, suffix in (("python", ".py"), ("pt", ".pt"), ("onnx", ".onnx")):
        count = len(guide.exports)
        guide.window.exporter.export(name, tmp_path / f"net{suffix}")
        guide.wait(f"{name}", lambda n=count: len(guide.exports) > n, 120)
        assert guide.exports[-1].passed
    pictures = np.array(load("mnist").test_inputs[:5])
    np.save(tmp_path / "pictures.npy", pictures)
    expected = live_logits(guide, pictures)
    source = in_a_fresh_interpreter(
        RUN_SOURCE, "net.py", "net.safetensors", "pictures.npy", cwd=tmp_path
    )
    onnx = in_a_fresh_interpreter(RUN_ONNX, "net.onnx", "pictures.npy", cwd=tmp_path)
    np.testing.assert_allclose(source, expected, atol=1e-3, rtol=1e-3)
    np.testing.assert_allclose(onnx, source, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("cut.json", '{"format": "architecture-explorer", "ver', "cut short"),
        ("types.json", '{"format": "architecture-explorer", "version": 1, "nodes": 3}', "list"),
        (
            "unknown.json",
            '{"format": "architecture-explorer", "version": 1, "nodes": '
            '[{"id": "a", "kind": "warp_drive"}]}',
            "warp_drive",
        ),
        (
            "circle.json",
            '{"format": "architecture-explorer", "version": 1, "nodes": '
            '[{"id": "a", "kind": "relu"}, {"id": "b", "kind": "relu"}], "wires": '
            '[{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]}',
            "loop",
        ),
        (
            "huge.json",
            '{"format": "architecture-explorer", "version": 1, "nodes": ['
            + ",".join(f'{{"id": "n{n}", "kind": "relu"}}' for n in range(1_000_000))
            + "]}",
            "8,000,000 at most",
        ),
        ("picture.json", "\x00\x01\x02", "damaged"),
        ("missing.json", None, "can't be read"),
    ],
)
def test_a_damaged_document_gets_a_message_and_the_window_lives_on(
    guide, tmp_path, name, text, message
):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    before = path.read_bytes() if text is not None else None
    guide.window.open_document(path)
    assert guide.window.messages.isVisible()
    assert message in guide.window.messages.text
    assert (path.read_bytes() if path.exists() else None) == before
    guide.window.files.open_example("tutorial-cnn")
    guide.wait("the window lives on", lambda: guide.store.plan.ready, 5)
