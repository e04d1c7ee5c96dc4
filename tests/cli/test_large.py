"""A training that takes much of the machine's memory is refused, with a way to have it."""

import json

import pytest

from explorer.plan import memory
from tests.cli.making import explorer, written
from tests.making import block


@pytest.fixture
def document(tmp_path):
    row = block("flatten"), block("linear", out_features=64), block("linear", out_features=10)
    return written(tmp_path, *row, epochs=1)


@pytest.fixture
def small_machine(monkeypatch):
    monkeypatch.setattr(memory, "memory_bytes", lambda: 300_000)


@pytest.mark.usefixtures("small_machine")
def test_train_and_resume(document, tmp_path, capsys):
    out = tmp_path / "out"
    command = ["train", document, "--out", out, "--steps", 2]
    assert explorer(*command) == 1
    told = capsys.readouterr().err
    assert "fc1" in told
    assert "--large" in told
    assert not (out / "weights.safetensors").exists()
    assert explorer(*command, "--large") == 0
    assert explorer("train", "--resume", out, "--steps", 3) == 1
    assert explorer("train", "--resume", out, "--steps", 3, "--large") == 0


@pytest.mark.usefixtures("small_machine")
def test_a_sweep_names_it_for_each_trial_and_goes_on(document, capsys):
    command = ["sweep", document, "--vary", "rate=1e-3,1e-2", "--method", "grid"]
    explorer(*command, "--trials", 2, "--no-record", "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    trials = [row for row in rows if "state" in row]
    assert trials
    assert {row["state"] for row in trials} == {"failed"}
    assert all("--large" in json.dumps(row) for row in trials)


def test_info_tells_it(document, capsys):
    assert explorer("info", document) == 0
    assert "of memory" in capsys.readouterr().out
    assert explorer("info", document, "--json") == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["memory"] > 4 * first["weights"]
