"""A sweep without a window: what it prints, what it records, what it saves, how it ends."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.records import sweeps
from explorer.records.store import RunStore
from tests.cli.making import block, explorer, written

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def document(tmp_path):
    first = block("linear", in_features=64, out_features=16)
    last = block("linear", in_features=16, out_features=10)
    return written(tmp_path, block("flatten"), first, block("relu"), last, batch=128, epochs=1)


RATES = ("--vary", "rate=1e-4,1e-2")
WIDTHS = ("--vary", "fc1.out_features=8..32:log:points=2")


def test_a_grid_is_trained_recorded_and_the_best_is_saved(document, tmp_path, capsys):
    out = tmp_path / "out"
    assert explorer("sweep", document, *RATES, *WIDTHS, "--method", "grid", "--out", out) == 0
    said = capsys.readouterr()
    heads, *lines, best = said.out.splitlines()
    assert heads.split()[:3] == ["trial", "rate", "fc1.out_features"]
    assert len(lines) == 4
    assert best.startswith("best: test accuracy ")
    assert "rate=0.01" in best
    assert said.err.count("trial ") >= 4
    store = RunStore.open()
    (head,) = sweeps.heads(store)
    assert (head.title, head.runs) == ("Small", 4)
    found = sweeps.trials(store, head.tag)
    store.close()
    values = [tuple(each.values.values()) for each in found]
    assert sorted(values) == [(0.0001, 8), (0.0001, 32), (0.01, 8), (0.01, 32)]
    assert all(each.state == "finished" for each in found)
    with (out / "trials.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["test accuracy"]) for row in rows] == [
        pytest.approx(each.scores["test accuracy"]) for each in found
    ]
    assert explorer("evaluate", out) == 0
    accuracy = max(each.scores["test accuracy"] for each in found)
    assert f"{accuracy * 100:.2f} %" in capsys.readouterr().out
    assert f"explorer runs list {head.tag}" in said.err


@pytest.mark.parametrize("method", ["random", "tpe"])
def test_the_same_seed_gives_the_same_sweep(document, method, capsys):
    def told():
        ranges = ("--vary", "rate=1e-4..1e-2:log", *WIDTHS)
        options = ("--method", method, "--trials", 3, "--seed", 5, "--json", "--no-record")
        assert explorer("sweep", document, *ranges, *options) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    first, second = told(), told()
    assert first == second
    *trials, last = first
    assert [trial["trial"] for trial in trials] == [1, 2, 3]
    assert last["best"] in trials
    assert last["tag"] is None
    assert last["best"]["test_accuracy"] == max(trial["test_accuracy"] for trial in trials)


def test_what_cannot_be_trained_is_counted_and_the_next_begins(document, capsys):
    vary = ("--vary", "fc2.out_features=9,10")
    assert explorer("sweep", document, *vary, "--method", "grid") == 0
    said = capsys.readouterr()
    assert "trial 1 of 2  fc2.out_features 9  failed: output needs 10 logits" in said.err
    assert "best: " in said.out
    assert explorer("sweep", document, "--vary", "fc2.out_features=8,9", "--method", "grid") == 1
    assert "None of the 2 trials came to its end. The last one: output" in capsys.readouterr().err


def test_the_loss_can_decide(document, capsys):
    options = ("--method", "grid", "--measure", "test loss", "--no-record", "--json")
    assert explorer("sweep", document, *RATES, *options) == 0
    *trials, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert last["best"]["test_loss"] == min(trial["test_loss"] for trial in trials)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Nothing is varied. Add for instance --vary fc1.out_features=32..256:log"),
        (("--vary", "rate"), "has no '='"),
        (("--vary", "fc9.out_features=1..2"), "Small has no fc9.out_features to vary"),
        (("--vary", "rate=1..100"), "rate: training: rate must be at most"),
        (("--vary", "fc1.in_features=1..100"), "has no fc1.in_features"),
        ((*RATES, *RATES), "rate has two ranges"),
        ((*RATES, "--trials", "0"), "0 trials are not between 1 and 1,000"),
        ((*RATES, "--epochs", "0"), "at least 1 epoch"),
    ],
)
def test_a_sweep_that_cannot_be_says_why(document, arguments, why, capsys):
    assert explorer("sweep", document, *arguments) == 1
    error = capsys.readouterr().err
    assert why in error
    assert "Traceback" not in error


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_ctrl_c_ends_the_sweep_and_tells_what_is_left(document, tmp_path):
    out = tmp_path / "out"
    vary = ["--vary", "rate=1e-4..1e-2:log", "--trials", "500", "--epochs", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "sweep", str(document), *vary, "--out", str(out)],
        cwd=ROOT,
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    heard = [process.stderr.readline() for _ in range(2)]
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, rest = process.communicate(timeout=60)
    assert process.returncode == 130, (heard, rest)
    assert "trials are left" in rest
    assert "best: " in output
    assert sorted(each.name for each in out.iterdir()) == [
        "document.json",
        "trials.csv",
        "weights.safetensors",
    ]
