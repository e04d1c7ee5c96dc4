"""Runs without a window: recorded, resumed by number or folder, listed, shown, exported."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explorer.protocol.events import HeldOut
from explorer.records.store import FILE, RunStore
from tests.cli.making import block, explorer, written
from tests.records.making import VERSIONS, drawing, epoch, losses, started

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def document(tmp_path):
    blocks = [block("flatten"), block("dropout", p=0.2), block("linear", out_features=10)]
    return written(tmp_path, *blocks, batch=128, epochs=4)


def same(one, other):
    first, second = load_file(one / "weights.safetensors"), load_file(other / "weights.safetensors")
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture
def whole(document, tmp_path, capsys):
    """Four epochs without a break: 120 steps."""
    assert explorer("train", document, "--out", tmp_path / "whole", "--no-record") == 0
    capsys.readouterr()
    return tmp_path / "whole"


def test_a_run_is_resumed_by_its_folder(document, tmp_path, whole, capsys):
    half = tmp_path / "half"
    assert explorer("train", document, "--steps", 70, "--out", half) == 0
    assert not same(half, whole)
    assert explorer("train", "--resume", half) == 0
    assert same(half, whole)
    assert "from step 70" in capsys.readouterr().err
    rows = [json.loads(row) for row in (half / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, 121))
    assert [row["epoch"] for row in rows if "epoch" in row] == [1, 2, 3, 4]


def test_a_run_is_resumed_by_its_number(document, tmp_path, whole, capsys):
    assert explorer("train", document, "--steps", 70) == 0
    assert "recorded as run 1" in capsys.readouterr().err
    assert explorer("train", "--resume", 1, "--out", tmp_path / "rest") == 0
    assert same(tmp_path / "rest", whole)
    store = RunStore.open()
    second, first = store.runs()
    assert (first.step, first.state, second.parent, second.parent_step) == (70, "finished", 1, 70)
    assert len(store.curves(second.id).losses.steps) == 120
    store.close()


def test_more_epochs(document, tmp_path, capsys):
    out = tmp_path / "run"
    assert explorer("train", document, "--epochs", 1, "--out", out) == 0
    assert explorer("train", "--resume", out, "--epochs", 2) == 0
    told = capsys.readouterr().err
    assert "epochs is now 2" in told
    assert "epoch 2/2" in told
    assert json.loads((out / "document.json").read_text())["training"]["epochs"] == 2
    assert explorer("evaluate", out) == 0
    assert "step 60" in capsys.readouterr().out


def test_a_finished_run_has_nothing_left_to_do(document, tmp_path, capsys):
    assert explorer("train", document, "--epochs", 1) == 0
    accuracy = capsys.readouterr().out
    assert explorer("train", "--resume", 1) == 0
    assert capsys.readouterr().out == accuracy


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_run_is_resumed(document, tmp_path, whole, data, capsys):
    command = [sys.executable, "-m", "explorer", "train", str(document), "--epochs", "4"]
    with subprocess.Popen([*command, "--json"], cwd=ROOT, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            if b"checkpoint" in line:
                break
        process.send_signal(signal.SIGKILL)
    store = RunStore.open()
    (interrupted,) = store.interrupted()
    assert interrupted.checkpoint.is_file()
    store.close()
    assert explorer("train", "--resume", interrupted.id, "--out", tmp_path / "rest") == 0
    assert same(tmp_path / "rest", whole)
    assert explorer("runs") == 0
    assert "interrupted" in capsys.readouterr().out


def test_a_damaged_checkpoint_is_passed_over(document, tmp_path, whole, capsys):
    half = tmp_path / "half"
    assert explorer("train", document, "--steps", 70, "--out", half) == 0
    *_, older, newest = sorted((half / "checkpoints").iterdir())
    newest.write_bytes(newest.read_bytes()[:-100])
    os.utime(newest, ns=(time.time_ns(), time.time_ns()))
    capsys.readouterr()
    assert explorer("train", "--resume", half) == 0
    told = capsys.readouterr().err
    assert f"{newest.name} is damaged" in told or "is not a .safetensors file" in told
    assert f"from step {int(older.stem.removeprefix('step-'))}" in told
    assert same(half, whole)


def test_json_lines(document, capsys):
    assert explorer("train", document, "--epochs", 1, "--json") == 0
    rows = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert rows[0]["total_steps"] == 30
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, 31))
    assert rows[-1]["finished"] == 30
    assert rows[-1]["run"] == 1
    epoch = next(row for row in rows if "epoch" in row)
    assert rows[-1]["test_accuracy"] == epoch["test_accuracy"]


def test_evaluate(document, tmp_path, capsys):
    explorer("train", document, "--epochs", 1, "--out", tmp_path / "run")
    accuracy = capsys.readouterr().out.splitlines()[-1]
    for name in (tmp_path / "run", 1, tmp_path / "run" / "checkpoints"):
        assert explorer("evaluate", name) == 0
        assert capsys.readouterr().out.splitlines()[-1] == accuracy
    assert explorer("evaluate", 1, "--json") == 0
    assert json.loads(capsys.readouterr().out)["step"] == 30


def test_runs_are_listed_shown_and_exported(document, tmp_path, capsys):
    assert explorer("runs") == 0
    assert "There are no runs yet." in capsys.readouterr().out
    explorer("train", document, "--epochs", 1)
    assert explorer("runs", "tag", 1, "first", "try") == 0
    assert explorer("runs", "note", 1, "a plain one") == 0
    capsys.readouterr()
    assert explorer("runs", "list", "plain") == 0
    told = capsys.readouterr().out
    assert "finished" in told
    assert "first try" in told
    assert explorer("runs", "list", "nothing") == 0
    assert "no such runs" in capsys.readouterr().out
    assert explorer("runs", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["tags"] == ["first", "try"]
    assert explorer("runs", "show", 1) == 0
    assert "a plain one" in capsys.readouterr().out
    assert explorer("runs", "export", 1, "--out", tmp_path / "run.csv") == 0
    capsys.readouterr()
    assert explorer("runs", "export", 1) == 0
    text = capsys.readouterr().out
    assert text == (tmp_path / "run.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 30
    assert float(rows[-1]["test_accuracy"]) > 0.2
    assert rows[0]["epoch"] == ""


def test_a_report_of_one_run_and_of_several(document, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    explorer("train", document, "--epochs", 1)
    explorer("train", document, "--epochs", 1, "--seed", 1)
    capsys.readouterr()
    assert explorer("runs", "report", 1) == 0
    assert capsys.readouterr().out == "run1.html\n"
    page = (tmp_path / "run1.html").read_text(encoding="utf-8")
    store = RunStore.open()
    assert f"{100 * store.run(1).test_accuracy:.2f} %" in page
    store.close()
    assert 'class="diagram"' in page
    assert explorer("runs", "report", 2, 1, 2, "--out", tmp_path / "both.html") == 0
    assert "2 runs of Small" in (tmp_path / "both.html").read_text(encoding="utf-8")


def test_logs_for_tensorboard(document, tmp_path, capsys):
    pytest.importorskip("tensorboardX")
    explorer("train", document, "--epochs", 1)
    capsys.readouterr()
    assert explorer("runs", "tensorboard", 1, "--out", tmp_path / "two words") == 0
    told = capsys.readouterr()
    folder = tmp_path / "two words" / "run1-small"
    assert told.out == f"{folder}\n"
    assert f"tensorboard --logdir '{folder.parent}'" in told.err
    assert [file.name.startswith("events.out.tfevents.") for file in folder.iterdir()] == [True]


def test_runs_are_deleted_and_come_back(document, capsys):
    explorer("train", document, "--epochs", 1)
    assert explorer("runs", "delete", 1) == 0
    assert explorer("runs", "list", "--trash") == 0
    assert "1 runs" in capsys.readouterr().out
    assert explorer("runs", "restore", 1) == 0
    assert explorer("runs", "delete", 1) == 0
    assert explorer("runs", "empty-trash") == 0
    assert explorer("runs", "show", 1) == 1
    assert "There is no run 1." in capsys.readouterr().err


# --- what goes wrong


def complaint(capsys):
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.err.splitlines()[-1]


def test_resuming_what_is_not_there(tmp_path, capsys):
    assert explorer("train", "--resume", 12) == 1
    assert "There is no run 12." in complaint(capsys)
    assert explorer("train", "--resume", tmp_path / "nothing") == 1
    assert "There is no run, folder or file" in complaint(capsys)
    assert explorer("train", "--resume", tmp_path) == 1
    assert "There is no checkpoint of" in complaint(capsys)


def test_resuming_with_another_document_or_other_settings(document, tmp_path, capsys):
    explorer("train", document, "--steps", 2)
    assert explorer("train", "--resume", 1, "--seed", 3, "--lr", 0.1) == 1
    assert "leave out --seed and --lr" in complaint(capsys)
    assert explorer("train", "tutorial-cnn", "--resume", 1) == 1
    assert "belongs to another network" in complaint(capsys)
    assert explorer("train", document, "--resume", 1) == 0


def test_exports_that_can_not_be_made(document, tmp_path, capsys):
    explorer("train", document, "--steps", 2)
    for deed in ("export", "report"):
        assert explorer("runs", deed, 1, "--out", tmp_path / "nowhere" / "file") == 1
        assert "can't be written: No such file or directory" in complaint(capsys)
        assert explorer("runs", deed, 9, "--out", tmp_path / "file") == 1
        assert "There is no run 9." in complaint(capsys)
    assert explorer("runs", "tensorboard", 1, "--out", document) == 1
    assert "Give another place." in complaint(capsys)
    assert not (tmp_path / "file").exists()


def test_a_store_that_can_not_be_used_does_not_stop_a_training(
    document, tmp_path, monkeypatch, capsys
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "file"))
    assert explorer("train", document, "--steps", 2, "--out", tmp_path / "run") == 0
    told = capsys.readouterr().err
    assert "Runs can't be recorded" in told
    assert "The run is not recorded." in told
    assert explorer("runs") == 1
    assert "Runs can't be recorded" in complaint(capsys)


def test_a_damaged_store_is_told_and_begun_anew(document, data, capsys):
    data.mkdir(parents=True)
    (data / FILE).write_bytes(b"nonsense" * 1000)
    assert explorer("train", document, "--steps", 2) == 0
    assert "It was put aside as runs-damaged-" in capsys.readouterr().err


def test_a_locked_store_does_not_lose_the_training(document, data, tmp_path, monkeypatch, capsys):
    explorer("train", document, "--steps", 1)
    monkeypatch.setattr(RunStore.open.__func__, "__defaults__", (None, 0.05))
    other = sqlite3.connect(data / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert explorer("train", document, "--steps", 2, "--out", tmp_path / "run") == 0
    other.close()
    assert "in use by another program" in capsys.readouterr().err
    assert (tmp_path / "run" / "weights.safetensors").is_file()


def test_a_damaged_record_costs_one_row(document, data, capsys):
    for _ in range(3):
        assert explorer("train", document, "--steps", 3) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(data / FILE, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER runs_ended")
        raw.execute("UPDATE runs SET versions = 'no JSON' WHERE id = 2")
    assert explorer("runs", "list", "--json") == 0
    told = capsys.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == [3, 1]
    assert told.err.count("run 2 is damaged") == 1
    assert explorer("runs", "show", 2) == 1
    assert "run 2 is damaged" in capsys.readouterr().err
    assert explorer("runs", "delete", 2) == 0


@pytest.mark.parametrize(("steps", "epochs"), [(5, 0), (30, 0), (40, 1)])
def test_a_run_that_ends_by_its_steps_has_its_accuracy(document, tmp_path, capsys, steps, epochs):
    """Also within an epoch, the first one among them: that of the end, on all test samples."""
    out = tmp_path / "run"
    assert explorer("train", document, "--steps", steps, "--out", out) == 0
    told = float(capsys.readouterr().out.split()[-2])
    with closing(RunStore.open()) as store:
        record = store.run(1)
    assert record.epochs == epochs
    assert 100 * record.test_accuracy == pytest.approx(told, abs=0.005)
    assert explorer("evaluate", out, "--json") == 0
    measured = json.loads(capsys.readouterr().out)
    assert record.test_loss == pytest.approx(measured["test_loss"])
    assert explorer("runs") == 0
    assert f"{told:.2f} %" in capsys.readouterr().out


def test_held_out_samples_alone_are_no_test_accuracy():
    with closing(RunStore.open()) as store:
        run = store.begin(drawing(), VERSIONS).id
        store.start(run, started(run))
        store.add(run, [losses(1, 5, run), HeldOut(run, 5, 500, 0.6, 0.7)])
        assert store.run(run).test_accuracy is None
        store.add(run, [HeldOut(run, 6, 1_797, 0.5, 0.8)])
        assert (store.run(run).test_loss, store.run(run).test_accuracy) == (0.5, 0.8)
        store.add(run, [epoch(1, run)])
        assert store.run(run).test_accuracy == 0.75
