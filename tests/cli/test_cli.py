"""The command line as people use it: what it prints, what it writes, how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explorer.blocks.activation.relu import ReLU
from explorer.blocks.convolution.conv2d import Conv2d
from explorer.blocks.dense.linear import Linear
from explorer.blocks.inputs.input import Input
from explorer.blocks.inputs.output import Output
from explorer.blocks.shape.flatten import Flatten
from explorer.engine.run import session
from explorer.graph.document import Document
from explorer.graph.edits import chain, remove_nodes
from explorer.graph.files import dump
from tests.cli.making import explorer

ROOT = Path(__file__).resolve().parents[2]
RUN_FILES = ["checkpoints", "document.json", "metrics.jsonl", "weights.safetensors"]


def small() -> Document:
    blocks = [
        ("input", Input()),
        ("conv1", Conv2d(out_channels=4, padding=1)),
        ("relu", ReLU()),
        ("flatten", Flatten()),
        ("fc1", Linear(out_features=10)),
        ("output", Output()),
    ]
    return chain(Document(title="Small \x1b[31m", dataset="digits-8x8"), blocks)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(dump(small()), encoding="utf-8")
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_train_writes_a_run_and_ends_with_the_accuracy(document, tmp_path, capsys) -> None:
    out = tmp_path / "new" / "run"
    assert explorer("train", document, "--epochs", 1, "--seed", 3, "--out", out) == 0
    told = capsys.readouterr()
    line = told.out.splitlines()[-1]
    assert line.startswith("test accuracy ")
    assert line.endswith(" %")
    accuracy = float(line.split()[2])
    assert accuracy > 60
    assert "epoch 1/1" in told.err
    assert "\r" not in told.err
    assert names_in(out) == RUN_FILES
    assert json.loads((out / "document.json").read_bytes())["training"]["seed"] == 3
    rows = [json.loads(row) for row in (out / "metrics.jsonl").read_text().splitlines()]
    steps = [row["step"] for row in rows if "loss" in row]
    assert steps == list(range(1, len(steps) + 1))
    epochs = [row for row in rows if "epoch" in row]
    assert len(epochs) == 1
    assert epochs[0]["test_accuracy"] * 100 == pytest.approx(accuracy, abs=0.006)
    assert next(iter(load_file(out / "weights.safetensors"))).startswith("conv1.")


def test_the_same_seed_gives_the_same_weights(document, tmp_path) -> None:
    def weights(name: str, *more: object) -> dict[str, torch.Tensor]:
        out = tmp_path / name
        assert explorer("train", document, "--steps", 4, "--out", out, *more) == 0
        return load_file(out / "weights.safetensors")

    first, again, other = weights("a"), weights("b"), weights("c", "--seed", 1)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_settings_of_the_command_go_into_the_document(document, tmp_path, capsys) -> None:
    options = ["--steps", 2, "--batch", 16, "--lr", 0.01, "--device", "cpu"]
    assert explorer("train", document, *options, "--out", tmp_path / "run") == 0
    training = json.loads((tmp_path / "run" / "document.json").read_bytes())["training"]
    assert (training["batch"], training["rate"]) == (16, 0.01)
    assert "2 steps on " in capsys.readouterr().err


def test_training_again_replaces_the_run_as_a_whole_where_that_is_wished(
    document, tmp_path, capsys
) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert explorer("train", document, "--steps", 1, "--out", out) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    again = ["train", document, "--steps", 1, "--seed", 1, "--out", out]
    assert explorer(*again) == 1
    told = capsys.readouterr().err
    assert all(name in told for name in ("weights.safetensors", "--overwrite", "--resume"))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert explorer(*again, "--overwrite") == 0
    assert names_in(out) == sorted([*RUN_FILES, "notes.txt"])
    assert json.loads((out / "document.json").read_bytes())["training"]["seed"] == 1


def test_train_without_out_or_record_saves_nothing_and_says_so(document, tmp_path, capsys) -> None:
    assert explorer("train", document, "--steps", 1, "--no-record") == 0
    assert "Nothing was saved" in capsys.readouterr().err
    assert names_in(tmp_path) == ["small.json"]


def test_a_run_can_be_exported(document, tmp_path, capsys) -> None:
    out = tmp_path / "run"
    explorer("train", document, "--steps", 2, "--out", out)
    capsys.readouterr()
    for form, files in {"python": ["net.py", "net.safetensors"], "pt": ["net.pt"]}.items():
        target = tmp_path / files[0]
        assert explorer("export", out, "--format", form, "--out", target) == 0
        *printed, last = capsys.readouterr().out.splitlines()
        assert printed == [str(tmp_path / file) for file in files]
        assert last.startswith("largest difference ")
        assert float(last.split()[2]) <= 1e-4


def test_a_run_can_be_exported_to_onnx(document, tmp_path, capsys) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    explorer("train", document, "--steps", 2, "--out", tmp_path / "run")
    capsys.readouterr()
    target = tmp_path / "net.onnx"
    assert explorer("export", tmp_path / "run", "--format", "onnx", "--out", target) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(target)
    assert onnxruntime.InferenceSession(target).get_inputs()[0].shape[1:] == [1, 8, 8]


def test_an_export_that_differs_fails(document, tmp_path, capsys, monkeypatch) -> None:
    explorer("train", document, "--steps", 1, "--out", tmp_path / "run")
    monkeypatch.setattr(
        "explorer.engine.export.run.largest_difference", lambda expected, found: 0.25
    )
    command = ["export", tmp_path / "run", "--format", "pt", "--out", tmp_path / "net.pt"]
    assert explorer(*command) == 1
    assert "The export failed" in capsys.readouterr().err
    assert not (tmp_path / "net.pt").exists()


def test_info_prints_steps_costs_and_no_control_characters(document, capsys) -> None:
    assert explorer("info", document) == 0
    told = capsys.readouterr().out
    assert "conv1" in told
    assert "4 x 8 x 8" in told
    assert "2,610 weights" in told
    assert "\x1b" not in told


def test_info_of_an_unfinished_document_names_the_problem(document, capsys) -> None:
    document.write_text(dump(remove_nodes(small(), ["flatten"])), encoding="utf-8")
    assert explorer("info", document) == 0
    assert "problem: fc1 has no input" in capsys.readouterr().out
    assert explorer("train", document) == 1
    assert "fc1 has no input" in capsys.readouterr().err


def test_examples_are_listed_and_known_to_info(capsys) -> None:
    assert explorer("examples") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"tutorial-cnn", "tutorial-lstm", "tutorial-attention"} <= set(listed)
    for name in listed:
        assert explorer("info", name) == 0
        assert "problem:" not in capsys.readouterr().out


# --- what goes wrong: one line on stderr, no traceback


def one_line(capsys) -> str:
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    (line,) = told.err.splitlines()
    assert line.startswith("explorer: ")
    return line


def test_an_unknown_example(capsys) -> None:
    assert explorer("train", "no-such-thing") == 1
    assert "tutorial-cnn" in one_line(capsys)


@pytest.mark.parametrize("command", ["train", "info"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\x00", "9" * 9000])
def test_a_damaged_document(document, capsys, command: str, text: str) -> None:
    document.write_text(text, encoding="utf-8")
    assert explorer(command, document) == 1
    assert "small.json" in one_line(capsys)


def test_a_folder_that_is_a_file(document, tmp_path, capsys) -> None:
    (tmp_path / "run").write_text("")
    assert explorer("train", document, "--steps", 1, "--out", tmp_path / "run") == 1
    assert "is a file" in one_line(capsys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder(document, tmp_path, capsys) -> None:
    out = tmp_path / "run"
    out.mkdir(mode=0o500)
    assert explorer("train", document, "--steps", 1, "--out", out) == 1
    assert "could not be written" in one_line(capsys)


def test_exporting_what_is_no_run(tmp_path, capsys) -> None:
    where = ["--format", "pt", "--out", tmp_path / "net.pt"]
    assert explorer("export", tmp_path / "missing", *where) == 1
    assert "There is no folder" in one_line(capsys)
    assert explorer("export", tmp_path, *where) == 1
    assert "no document.json and no weights.safetensors" in one_line(capsys)


def test_exporting_damaged_weights(document, tmp_path, capsys) -> None:
    out = tmp_path / "run"
    explorer("train", document, "--steps", 1, "--out", out)
    (out / "weights.safetensors").write_bytes(b"\x80\x04no pickle is ever opened.")
    capsys.readouterr()
    assert explorer("export", out, "--format", "pt", "--out", tmp_path / "net.pt") == 1
    assert "weights.safetensors" in one_line(capsys)


@pytest.mark.parametrize("option", [["--batch", 0], ["--lr", "nan"], ["--epochs", -1]])
def test_settings_out_of_range(document, capsys, option: list) -> None:
    assert explorer("train", document, *option) == 1
    assert "training: " in one_line(capsys)


@pytest.mark.parametrize(
    "arguments",
    [["train"], ["train", "x", "--steps", 0], ["train", "x", "--device", "toaster"], ["export"]],
)
def test_wrong_usage(arguments: list, capsys) -> None:
    assert explorer(*arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_debug_shows_where_it_came_from(document, capsys) -> None:
    document.write_text("{")
    assert explorer("info", document, "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_training_that_explodes_keeps_what_there_is(document, tmp_path, capsys) -> None:
    out = tmp_path / "run"
    assert explorer("train", document, "--lr", 10, "--steps", 1, "--out", out) == 0
    capsys.readouterr()

    def explode(self, *arguments, **keywords):
        self.begin(1, lambda event: None).step = 7
        raise session.TrainingError("The loss became nan at step 8.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session.Session, "train", explode)
        assert explorer("train", document, "--out", out, "--overwrite") == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("explorer: The loss became nan at step 8. Saved in ")


# --- the program as a process


def program(*arguments: object, **keywords) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "explorer", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, **pipes, **keywords)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_ctrl_c_saves_what_there_is(document, tmp_path) -> None:
    out = tmp_path / "run"
    with program("train", document, "--epochs", 10_000, "--out", out) as process:
        try:
            for line in process.stderr:
                if line.startswith("epoch 1/"):
                    break
            process.send_signal(signal.SIGINT)
            told = process.stderr.read()
            assert process.wait(60) == 130
        finally:
            process.kill()
        assert "Stopped at step " in told
        assert "Saved in " in told
        assert process.stdout.read() == ""
    assert names_in(out) == RUN_FILES
    assert load_file(out / "weights.safetensors")


def test_a_reader_that_leaves_is_no_fault(document) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "explorer", "info", str(document)]
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            command, cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == ""


LIGHT = """
import sys
from explorer.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = {"torch", "PySide6", "pyqtgraph", "onnx"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["examples"], ["info", "tutorial-cnn"], ["runs"]]
)
def test_help_and_info_need_neither_torch_nor_qt(words: list[str]) -> None:
    subprocess.run([sys.executable, "-c", LIGHT, *words], cwd=ROOT, check=True)


def test_help_tells_of_everything(capsys) -> None:
    assert explorer("--help") == 0
    told = capsys.readouterr().out
    for word in (
        "train",
        "evaluate",
        "runs",
        "export",
        "info",
        "examples",
        "--weights",
        "--tour",
        "--version",
    ):
        assert word in told


def test_everything_else_goes_to_the_window(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr("explorer.app.main", lambda arguments: seen.append(arguments) or 7)
    for words in ([], ["net.json", "--weights", "w.safetensors"], ["--tour", "pictures"]):
        assert explorer(*words) == 7
        assert seen.pop() == words


def test_a_worker_that_fails_ends_with_its_error(tmp_path, capsys) -> None:
    assert explorer("--worker", "onnx", tmp_path / "nothing") == 1
    assert "FileNotFoundError" in capsys.readouterr().err
    assert explorer("--worker", "no such job") == 1
    assert "KeyError" in capsys.readouterr().err


def test_devices(capsys) -> None:
    assert explorer("devices") == 0
    told = capsys.readouterr().out
    assert re.search(r"^[* ] cpu: CPU, \d+ thread", told)
    assert "torch.compile:" in told
    assert explorer("devices", "--json") == 0
    rows = {row["id"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows["cpu"]["offers"]) >= {"memory", "precision", "optimiser"}
    assert [name for name, row in rows.items() if row["default"]]
    assert all(row["missing"] or row["offers"] for row in rows.values())


def test_a_device_that_is_not_there_is_told_with_those_that_are(document, capsys) -> None:
    arguments = ["train", document, "--device", "cuda:99", "--no-record"]
    assert explorer(*arguments) == 1
    told = capsys.readouterr().err
    assert "cuda:99 can't be used: " in told
    assert "There is: cpu (CPU, " in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("nose=1", "'nose' is none of optimiser, "),
        ("noise=much", "'much' is no value of noise"),
        ("compile=perhaps", "'perhaps' is no value of compile"),
    ],
)
def test_a_setting_that_can_not_be(given: str, told: str, capsys) -> None:
    assert explorer("train", "tutorial-cnn", "--set", given) == 2
    assert told in capsys.readouterr().err


def test_settings_are_set_and_limits_hold(document, tmp_path: Path, capsys) -> None:
    drawn = ["train", document, "--no-record", "--steps", 1, "--out", tmp_path / "out"]
    settings = ["--set", "noise=0.1", "--set", "cut_out=0.25", "--set", "patience=2"]
    assert explorer(*drawn, *settings) == 0
    written = json.loads((tmp_path / "out" / "document.json").read_text())["training"]
    assert (written["noise"], written["cut_out"], written["patience"]) == (0.1, 0.25, 2)
    assert explorer(*drawn, "--set", "noise=3") == 1
    assert "at most 1" in capsys.readouterr().err
