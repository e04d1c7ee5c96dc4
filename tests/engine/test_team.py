"""Two processes under torchrun train as one does, record once, and go on after a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explorer.blocks.catalogue import catalogue
from explorer.engine.team import Team, is_team, restarted
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.graph.files import dump
from explorer.records.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gloo over loopback on Unix")


@pytest.fixture
def document(tmp_path):
    kinds = catalogue()
    row = [
        kinds["input"](),
        kinds["conv2d"](out_channels=4, padding=1),
        kinds["relu"](),
        kinds["flatten"](),
        kinds["linear"](out_features=10),
        kinds["output"](),
    ]
    drawn = chain(Document(title="Small", dataset="digits-8x8"), [(None, each) for each in row])
    # 3,823 samples in batches of 255: the last one has 253, which two processes can't halve
    training = {"precision": "float64", "epochs": 2, "batch": 255, "weight_decay": 0.01}
    path = tmp_path / "small.json"
    path.write_text(dump(set_training(drawn, training)), encoding="utf-8")
    return path


LAUNCH = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]


def started(command, data, **more):
    environment = {**os.environ, "EXPLORER_DATA": str(data), "OMP_NUM_THREADS": "1", **more}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def torchrun(*arguments, data):
    return started([*LAUNCH, "--module", "explorer", *map(str, arguments)], data)


def weights(folder):
    return load_file(folder / "weights.safetensors")


@pytest.fixture
def alone(document, tmp_path):
    done = started(
        ["-m", "explorer", "train", str(document), "--out", str(tmp_path / "alone")],
        tmp_path / "data-alone",
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "alone"


def test_two_processes_equal_one(document, tmp_path, alone):
    done = torchrun("train", document, "--out", tmp_path / "two", data=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test accuracy") == 1
    assert "2 processes on CPU" in done.stderr
    for name, tensor in weights(alone).items():
        torch.testing.assert_close(weights(tmp_path / "two")[name], tensor, rtol=1e-9, atol=1e-9)
    both = []
    for folder in ("data", "data-alone"):
        store = RunStore.open(tmp_path / folder)
        (record,) = store.runs()
        both.append((record.state, record.step, store.curves(record.id)))
        store.close()
    (state, step, curves), (_, other_step, others) = both
    assert (state, step) == ("finished", other_step) == ("finished", 30)
    for one, other in zip(curves.epochs, others.epochs, strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-6)
        assert one.test_loss == pytest.approx(other.test_loss, rel=1e-6)
        assert one.train_accuracy == other.train_accuracy
    assert (curves.losses.losses == others.losses.losses).mean() > 0.9  # kept as float32


DYING = """
import os, sys
from explorer.engine import train
from explorer.__main__ import main
step = train.Run._step
def dying(self, picked):
    if os.environ["TORCHELASTIC_RESTART_COUNT"] == "0" and self.step == 22:
        if os.environ["RANK"] == "1":
            os._exit(7)
    return step(self, picked)
train.Run._step = dying
sys.exit(main(sys.argv[1:]))
"""


def test_they_go_on_after_one_has_died(document, tmp_path, alone):
    script = tmp_path / "dying.py"
    script.write_text(DYING)
    command = [*LAUNCH, "--max-restarts=1", str(script), "train", str(document)]
    command += ["--out", str(tmp_path / "two")]
    done = started(command, tmp_path / "data", PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr
    assert "from step 15" in done.stderr
    for name, tensor in weights(alone).items():
        torch.testing.assert_close(weights(tmp_path / "two")[name], tensor, rtol=1e-9, atol=1e-9)


PARTING = """
import sys
from pathlib import Path
from explorer.__main__ import main
main(sys.argv[1:])
print([path.read_text() for path in Path("/proc/self/task").glob("*/comm")])
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to see threads in")
def test_no_thread_of_theirs_lives_on_when_python_ends(document, tmp_path):
    """Else one process in some hundreds is aborted at its end, with the run saved."""
    script = tmp_path / "parting.py"
    script.write_text(PARTING)
    command = [*LAUNCH, str(script), "train", str(document), "--no-record"]
    done = started(command, tmp_path / "data", PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("['python") == 2
    assert "gloo" not in done.stdout


def test_shares_are_the_whole_batch():
    picked = torch.arange(11)
    parts = [Team(rank, 3, torch.device("cpu")).share(picked) for rank in range(3)]
    assert torch.equal(torch.cat(parts).sort().values, picked)
    weights = [Team(0, 3, torch.device("cpu")).weight(len(part), 11) for part in parts]
    assert sum(weights) / 3 == pytest.approx(1.0)


def test_alone_unless_torchrun_says_otherwise():
    assert not is_team({})
    assert not is_team({"WORLD_SIZE": "1"})
    assert is_team({"WORLD_SIZE": "2"})
    assert not restarted({"TORCHELASTIC_RESTART_COUNT": "0"})
    assert restarted({"TORCHELASTIC_RESTART_COUNT": "2"})
