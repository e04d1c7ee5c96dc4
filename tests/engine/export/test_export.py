"""Exports: what was written answers as the network does, and nothing good is ever lost."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtGui import QImage
from safetensors.torch import load_file, save_file

from explorer.blocks.attention.self_attention import SelfAttention
from explorer.blocks.convolution.conv2d import Conv2d
from explorer.blocks.dense.linear import Linear
from explorer.blocks.inputs.input import Input
from explorer.blocks.inputs.output import Output
from explorer.blocks.joining.add import Add
from explorer.blocks.pooling.max_pool2d import MaxPool2d
from explorer.blocks.recurrent.lstm import LSTM
from explorer.blocks.regularisation.batch_norm2d import BatchNorm2d
from explorer.blocks.sequence.last_step import LastStep
from explorer.blocks.sequence.mean_over_time import MeanOverTime
from explorer.blocks.sequence.rows_to_sequence import RowsToSequence
from explorer.blocks.shape.flatten import Flatten
from explorer.datasets.catalogue import load
from explorer.engine.export import onnx, python_source, run, state_dict
from explorer.engine.export.failure import ExportError
from explorer.engine.export.job import largest_difference
from explorer.engine.export.run import SAMPLES, TOLERANCE, export
from explorer.engine.export.staging import publish, staged
from explorer.engine.network.build import Network
from explorer.graph.document import Document, Wire
from explorer.graph.edits import chain, connect
from explorer.plan.plan import plan

TITLE = 'A "hostile" title\n"""; import os'


def document(*blocks) -> Document:
    named = [block if isinstance(block, tuple) else (None, block) for block in blocks]
    ends = [(None, Input()), *named, (None, Output())]
    return chain(Document(title=TITLE, dataset="digits-8x8"), ends)


def cnn() -> Document:
    return document(
        Conv2d(out_channels=4, padding=1),
        BatchNorm2d(),
        MaxPool2d(),
        Flatten(),
        Linear(out_features=10),
    )


def lstm() -> Document:
    return document(RowsToSequence(), LSTM(hidden_size=6), LastStep(), Linear(out_features=10))


def attention() -> Document:
    made = document(
        RowsToSequence(),
        ("embed", Linear(out_features=8)),
        SelfAttention(num_heads=2, dropout=0.1),
        ("add", Add()),
        MeanOverTime(),
        Linear(out_features=10),
    )
    return connect(made, Wire("embed", "add", "y", "b"))


def network_of(made) -> Network:
    torch.manual_seed(1)
    network = Network(made)
    network.train()  # so that batch normalisation has seen something
    network(torch.randn(16, *made.dataset.shape.dims))
    return network.eval()


@pytest.fixture
def made():
    return plan(cnn())


def exported(made, form: str, path: Path, network=None, report=lambda doing: None):
    return export(network or network_of(made), made, load(made.dataset.id), form, path, report)


def expected_logits(made) -> torch.Tensor:
    pictures = torch.tensor(load(made.dataset.id).test_inputs[:SAMPLES])
    of = made.dataset
    with torch.inference_mode():
        return network_of(made)((pictures / of.scale - of.mean) / of.std)


FRESH = """
import runpy, sys
sys.modules["explorer"] = None  # installed beside it or not: whoever imports it fails
import torch
from safetensors.torch import load_file, save_file
names = runpy.run_path(sys.argv[1], run_name="exported")
model = names["load"](sys.argv[2])
pictures = load_file(sys.argv[3])["pictures"]
with torch.inference_mode():
    logits = model(names["preprocess"](pictures))
assert len(names["predict"](model, pictures)) == len(pictures)
save_file({"logits": logits}, sys.argv[4])
"""


@pytest.mark.parametrize("make", [cnn, lstm, attention])
def test_the_python_file_runs_without_this_program(make, tmp_path: Path) -> None:
    made = plan(make())
    files, samples, difference = exported(made, "python", tmp_path / "my net.v2.py")
    assert files == (tmp_path / "my net.v2.py", tmp_path / "my net.v2.safetensors")
    assert samples == SAMPLES
    assert difference <= 1e-6
    pictures = torch.tensor(load(made.dataset.id).test_inputs[:SAMPLES])
    save_file({"pictures": pictures}, tmp_path / "in")
    arguments = [str(file) for file in (*files, tmp_path / "in", tmp_path / "out")]
    subprocess.run([sys.executable, "-I", "-c", FRESH, *arguments], cwd=tmp_path, check=True)
    answer = load_file(tmp_path / "out")["logits"]
    torch.testing.assert_close(answer, expected_logits(made), atol=1e-5, rtol=0)


def test_the_python_file_runs_by_itself(made, tmp_path: Path) -> None:
    (script, _), *_ = exported(made, "python", tmp_path / "net.py")
    command = [sys.executable, "-I", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f": {made.weights:,} weights\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.py", "net.safetensors"]


def picture_file(path: Path, values: np.ndarray) -> None:
    """Grey values (H, W) from 0 to 255 as a PNG."""
    height, width = values.shape
    image = QImage(values.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    assert image.save(str(path))


def test_the_python_file_names_what_pictures_show(tmp_path: Path) -> None:
    made = plan(cnn())
    network = network_of(made)
    (script, weights), *_ = exported(made, "python", tmp_path / "net.py", network)
    data = load(made.dataset.id).test_inputs[:4, 0]
    names = [f"{place} ü.png" for place in range(4)]
    for name, picture in zip(names, data, strict=True):
        picture_file(tmp_path / name, np.round(picture / 16 * 255).astype(np.uint8))
    picture_file(tmp_path / "large.png", np.kron(data[0], np.ones((9, 9))).astype(np.uint8) * 15)

    def run(*arguments: str):
        command = [sys.executable, "-I", "-X", "utf8", script.name, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr

    status, lines, error = run(*names, "large.png")
    assert (status, error) == (0, "")
    answers = expected_logits(made)[:4].argmax(1).tolist()
    for line, name, answer in zip(lines, names, answers, strict=False):
        assert line.startswith(f"{name}: {made.dataset.classes[answer]} (")
    assert lines[4].startswith(f"large.png: {made.dataset.classes[answers[0]]} (")
    assert len(lines) == 5
    status, lines, error = run("net.py")
    assert (status, lines) == (1, [])
    assert error.startswith("net.py can't be read: not a PNG file")
    weights.unlink()
    status, lines, error = run(names[0])
    assert (status, lines) == (1, [])
    assert error == "net.safetensors is missing: keep it beside net.py\n"


def test_the_state_dict_loads_as_plain_weights(made, tmp_path: Path) -> None:
    (file,), samples, difference = exported(made, "pt", tmp_path / "net")
    assert file == tmp_path / "net.pt"
    assert (samples, difference) == (SAMPLES, 0.0)
    weights = torch.load(file, weights_only=True)
    assert type(weights) is dict
    network = Network(made)
    network.load_state_dict(weights, strict=True)
    for name, tensor in network_of(made).state_dict().items():
        assert torch.equal(weights[name], tensor)


@pytest.mark.parametrize("make", [cnn, lstm, attention])
def test_onnx_takes_any_batch_and_tells_what_it_is(make, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    made = plan(make())
    said: list[str] = []
    files, samples, difference = exported(made, "onnx", tmp_path / "net", report=said.append)
    assert files == (tmp_path / "net.onnx",)
    assert samples == SAMPLES
    assert difference <= 1e-5
    assert "Running the ONNX file in onnxruntime" in said
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]
    session = onnxruntime.InferenceSession(files[0], providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map
    assert json.loads(told["classes"]) == list(made.dataset.classes)
    assert told["title"] == TITLE.replace("\n", " ")  # a file holds one line
    assert json.loads(told["document"])["title"] == told["title"]
    scale, mean, std = (float(told[key]) for key in ("scale", "mean", "std"))
    pictures = load(made.dataset.id).test_inputs[:SAMPLES].astype(np.float32)
    inputs = ((pictures / scale - mean) / std).astype(np.float32)
    for batch in (1, 4, 33):
        (answer,) = session.run(["logits"], {"input": inputs[:batch]})
        assert np.abs(answer - expected_logits(made)[:batch].numpy()).max() < 1e-5


def test_without_onnx_it_says_what_to_install(made, tmp_path: Path, monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name.startswith("onnx") else find(name, *rest),
    )
    with pytest.raises(ExportError, match=r"pip install 'architecture-explorer\[onnx\]'"):
        exported(made, "onnx", tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


# --- what can go wrong


def spoilt(write):
    def written(job):
        files, logits = write(job)
        return files, logits + 2 * TOLERANCE

    return written


def test_a_difference_keeps_the_older_files(made, tmp_path: Path, monkeypatch) -> None:
    for name in ("net.py", "net.safetensors"):
        (tmp_path / name).write_text("older")
    monkeypatch.setitem(run.FORMATS, "python", (".py", spoilt(python_source.write)))
    files, _, difference = exported(made, "python", tmp_path / "net.py")
    assert difference > TOLERANCE
    assert files == ()
    for name in ("net.py", "net.safetensors"):
        assert (tmp_path / name).read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_source_that_fails_is_told_and_leaves_nothing(made, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(python_source, "source", lambda plan: "raise ValueError('too early')\n")
    with pytest.raises(ExportError, match="Running the Python file failed: ValueError: too early"):
        exported(made, "python", tmp_path / "net.py")
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_fails_is_told(made, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(onnx, "dump", lambda document: "not a document")
    with pytest.raises(ExportError, match=r"Converting to ONNX failed: .*DocumentError: The file"):
        exported(made, "onnx", tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


class Cancelled(Exception):
    pass


def test_cancelling_ends_the_process_and_leaves_nothing(made, tmp_path: Path) -> None:
    def report(doing: str) -> None:
        if doing.startswith("Running"):
            raise Cancelled

    with pytest.raises(Cancelled):
        exported(made, "python", tmp_path / "net.py", report=report)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(made, tmp_path: Path, monkeypatch) -> None:
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match=r"net\.pt could not be written: No space left on device"):
        exported(made, "pt", tmp_path / "net.pt")
    assert list(tmp_path.iterdir()) == []


def test_places_that_can_not_be(made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "net.pt").mkdir()
    with pytest.raises(ExportError, match="does not exist"):
        exported(made, "pt", tmp_path / "missing" / "net.pt")
    with pytest.raises(ExportError, match="is a file, not a folder"):
        exported(made, "pt", tmp_path / "file" / "net.pt")
    with pytest.raises(ExportError, match="is a folder"):
        exported(made, "pt", tmp_path / "net.pt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder_is_told(made, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ExportError, match="could not be written"):
            exported(made, "pt", tmp_path / "net.pt")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["torch.py", "random.py", "safetensors"])
def test_a_name_that_hides_a_library_is_refused(made, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="Choose another name"):
        exported(made, "python", tmp_path / name)


@pytest.mark.parametrize("name", ['it\'s "mine"', "7 {x} %s", "ünï 手", "-I", "class"])
def test_any_other_name_works(made, tmp_path: Path, name: str) -> None:
    files, _, difference = exported(made, "python", tmp_path / name)
    assert files[0] == tmp_path / f"{name}.py"
    assert difference <= 1e-6


def test_publishing_is_all_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("older one")
    with staged(tmp_path) as stage:
        (stage / "one").write_text("new one")
        (stage / "fresh").write_text("new")
        files = [stage / "one", stage / "fresh", stage / "missing"]
        with pytest.raises(ExportError):
            publish(files, tmp_path)
        assert (tmp_path / "one").read_text() == "older one"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_differences_of_what_is_no_number() -> None:
    nan, inf = float("nan"), float("inf")
    plain = torch.tensor([[1.0, 2.0]])
    assert largest_difference(plain, plain + 0.5) == 0.5
    assert largest_difference(plain, torch.tensor([[1.0, nan]])) == inf
    assert largest_difference(torch.tensor([[nan, inf]]), torch.tensor([[nan, inf]])) == 0.0
    assert largest_difference(plain, plain[0]) == inf


def test_every_format_of_the_protocol_is_there() -> None:
    assert set(run.FORMATS) == {"python", "onnx", "pt"}
    assert run.FORMATS["pt"][1] is state_dict.write
