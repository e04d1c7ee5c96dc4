"""What a killed process leaves in --out is found by the next one: finished, taken over, removed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.engine.export.leftovers import WHOLE, claimed, left_behind, tidy
from explorer.engine.export.staging import publish, staged
from tests.cli.making import block, explorer, written

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")


@pytest.fixture
def document(tmp_path):
    blocks = [block("flatten"), block("dropout", p=0.2), block("linear", out_features=10)]
    return written(tmp_path, *blocks, batch=128, epochs=6)


def killed(*arguments, after="checkpoint"):
    """A command that is killed once its output holds the word."""
    command = [sys.executable, "-m", "explorer", *map(str, arguments), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if after in line:
                break
        process.send_signal(signal.SIGKILL)


def stages(folder):
    return [each.name for each in folder.iterdir() if each.name.startswith(".unfinished")]


def rows(out):
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


def is_whole(out):
    steps = [row["step"] for row in rows(out) if "loss" in row]
    epochs = [row["epoch"] for row in rows(out) if "epoch" in row]
    return steps == list(range(1, 181)) and epochs == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("record", [(), ("--no-record",)])
def test_a_killed_run_s_metrics_are_whole_and_nothing_is_left(document, tmp_path, record):
    out = tmp_path / "run"
    killed("train", document, "--out", out, *record)
    assert len(stages(out)) == 1
    killed("train", "--resume", out, *record)
    assert explorer("train", "--resume", out, *record) == 0
    assert is_whole(out)
    assert stages(out) == []


def test_metrics_are_whole_in_another_folder_too(document, tmp_path):
    killed("train", document, "--out", tmp_path / "run")
    assert explorer("train", "--resume", tmp_path / "run", "--out", tmp_path / "other") == 0
    assert is_whole(tmp_path / "other")
    assert explorer("train", "--resume", 2, "--out", tmp_path / "third") == 0
    assert is_whole(tmp_path / "third")


def test_metrics_of_an_earlier_run_in_the_folder_are_not_mixed_in(document, tmp_path):
    out = tmp_path / "run"
    assert explorer("train", document, "--epochs", 1, "--lr", 0.1, "--out", out) == 0
    others = losses_after_the_first(out)
    killed("train", document, "--out", out, "--overwrite", "--no-record")
    assert explorer("train", "--resume", out, "--no-record") == 0
    assert is_whole(out)
    assert not others & losses_after_the_first(out)


def losses_after_the_first(out):
    return {row["loss"] for row in rows(out) if "loss" in row and row["step"] > 1}


def test_a_killed_sweep_leaves_nothing_for_ever(document, tmp_path):
    out = tmp_path / "sweep"
    vary = ["--vary", "rate=1e-4..1e-2:log", "--epochs", 1]
    killed("sweep", document, *vary, "--trials", 50, "--out", out, after='"trial": 1')
    assert len(stages(out)) == 1
    assert explorer("sweep", document, *vary, "--trials", 1, "--out", out) == 0
    assert stages(out) == []


def test_a_living_process_keeps_its_stage(tmp_path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from explorer.engine.export.leftovers import claimed\n"
        "with claimed(Path(sys.argv[1])): print('here', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"here\n"
        with staged(tmp_path), claimed(tmp_path):
            assert len(stages(tmp_path)) == 3
            assert left_behind(tmp_path) == []
        assert len(stages(tmp_path)) == 1
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(left_behind(tmp_path)) == 1
    tidy(tmp_path)
    assert stages(tmp_path) == []


def test_what_was_being_put_in_place_comes_whole(tmp_path, monkeypatch):
    """Killed at each of the moves: all files are the new ones afterwards."""
    for moves in range(7):
        folder = tmp_path / str(moves)
        folder.mkdir()
        for name in ("a", "b"):
            (folder / name).write_text("old")
        publish_until(folder, moves)
        tidy(folder)
        assert {each.name: each.read_text() for each in folder.iterdir()} == {
            "a": "new",
            "b": "new",
            "c": "new",
        }


def publish_until(folder, moves):
    """In a child that ends without a word before the move of that number."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    replace, left = Path.replace, iter(range(moves))

    def move(self, target):
        return replace(self, target) if next(left, None) is not None else os._exit(1)

    Path.replace = move
    with staged(folder) as stage:
        for name in ("a", "b", "c"):
            (stage / name).write_text("new")
        publish([stage / name for name in ("a", "b", "c")], folder)
    os._exit(0)


def test_folders_of_the_user_s_stay(tmp_path):
    for name in (".unfinished-novel", ".unfinished-", "unfinished-abcdefgh"):
        (tmp_path / name).mkdir()
    (tmp_path / ".unfinished-abcdefgh").write_text("a file")
    with staged(tmp_path):
        pass
    assert len(list(tmp_path.iterdir())) == 4
    assert not (tmp_path / WHOLE).exists()


# --- the length of a run that goes on


@pytest.mark.parametrize("wish", [("--epochs", 2), ("--steps", 70), ("--epochs", 0)])
def test_a_run_can_not_end_before_where_it_is(document, tmp_path, capsys, wish):
    out = tmp_path / "run"
    assert explorer("train", document, "--steps", 80, "--out", out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    capsys.readouterr()
    assert explorer("train", "--resume", out, *wish) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "step 80, in epoch 3 of 6" in told.err
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(("epochs", "steps"), [(3, 90), (8, 240), (None, 180)])
def test_the_true_number_of_steps_is_announced(document, capsys, epochs, steps):
    assert explorer("train", document, "--steps", 80) == 0
    capsys.readouterr()
    wish = () if epochs is None else ("--epochs", epochs)
    assert explorer("train", "--resume", 1, *wish, "--json") == 0
    told = capsys.readouterr()
    assert f"{steps} steps on" in told.err
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert (lines[0]["total_steps"], lines[-1]["finished"]) == (steps, steps)
