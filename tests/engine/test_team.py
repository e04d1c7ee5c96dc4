"""Two processes under torchrun train as one does, record once, and go on after a failure."""

import json
import sys
from pathlib import Path

import pytest
import torch

from explorer.blocks.catalogue import catalogue
from explorer.engine.device.team import Team, is_team, restarted
from explorer.graph.custom import Custom
from explorer.graph.custom_file import digest
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_block, set_training
from explorer.graph.files import dump
from explorer.plan import documents
from explorer.records.store import RunStore
from tests.engine.test_unused import SPARE
from tests.engine.torchrun import ROOT, launch, started, weights

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


LAUNCH = launch()


def torchrun(*arguments, data):
    return started([*LAUNCH, "--module", "explorer", *map(str, arguments)], data)


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
from explorer.engine.run import train
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


FAULTY = """
import hashlib, json, os, sys
from pathlib import Path
from explorer.engine.step import trail
from explorer.engine.run import train
from explorer.engine.run.session import Session, TrainingError
from explorer.__main__ import main
step, training = train.Run._step, Session.train
def wild(self, picked):
    if self.step == 32:
        self.rate = 1e200
    return step(self, picked)
def told(self, *arguments):
    try:
        return training(self, *arguments)
    except TrainingError:
        state = self.network.state_dict().values()
        after = hashlib.sha256(b"".join(x.numpy().tobytes() for x in state)).hexdigest()
        rank = os.environ.get("RANK", "0")
        Path(os.environ["EXPLORER_DATA"], "after-" + rank).write_text(after)
        raise
def origin(run, loss, step, *more):
    failed = not_finite(run, loss, step, *more)
    cures = [[cure.then, dict(cure.settings)] for cure in failed.cures]
    known = {"node": failed.node, "cause": failed.cause, "step": step, "cures": cures}
    rank = os.environ.get("RANK", "0")
    Path(os.environ["EXPLORER_DATA"], "told-" + rank).write_text(json.dumps(known))
    return failed
not_finite, train.not_finite = train.not_finite, origin
train.Run._step, Session.train = wild, told
trail.OFTEN_S, trail.SHARE = 0.0, 1e9  # the last steps begin as late as they can
sys.exit(main(sys.argv[1:]))
"""
CUSTOM = """
import os

import torch
from torch import nn


class Odd(nn.Module):
    def forward(self, x):
        bad = self.training and os.environ["RANK"] == "1"
        return x.clamp(min=0.0 if bad else 1.0).log()
"""


def test_a_loss_that_is_no_number_names_block_step_and_cause(document, tmp_path):
    """Two processes say what one says; the good weights are back in both, and saved."""
    script = tmp_path / "faulty.py"
    script.write_text(FAULTY)
    command = [str(script), "train", str(document), "--set", "optimiser=sgd", "--epochs", "4"]
    one, two = (
        started([*launch, *command, "--out", str(out)], out, PYTHONPATH=str(ROOT))
        for launch, out in (([], tmp_path / "one"), (LAUNCH, tmp_path / "two"))
    )
    for done in (one, two):
        (told,) = [line for line in done.stderr.splitlines() if "The loss became" in line]
        assert "fc1" in told
        assert "1e+199" in told
        assert "Saved in" in told
        assert done.returncode == 1
    origins = [json.loads(path.read_text()) for path in tmp_path.glob("*/told-*")]
    cures = [["go on", {"rate": pytest.approx(1e199)}], ["rewind", {}]]
    assert origins == 3 * [{"node": "fc1", "cause": "rate", "step": 34, "cures": cures}]
    after = [path.read_text() for path in tmp_path.glob("*/after-*")]
    assert len(after) == 3
    assert len({*after}) == 1
    for name, tensor in weights(tmp_path / "one").items():
        assert torch.equal(weights(tmp_path / "two")[name], tensor)
    store = RunStore.open(tmp_path / "two")
    (record,) = store.runs()
    store.close()
    assert record.state == "failed"
    assert "fc1" in record.message


def test_any_of_them_may_find_the_block(document, tmp_path):
    """Only the second process has the samples, and only the first one speaks."""
    drawn = documents.read(document).document
    file = tmp_path / "odd.py"
    file.write_text(CUSTOM)
    block = Custom(
        path=str(file), class_name="Odd", sha256=digest(file.read_bytes()), arguments="{}"
    )
    document.write_text(dump(set_block(drawn, "relu", block)), encoding="utf-8")
    command = ["train", document, "--trust", file, "--no-record"]
    done = torchrun(*command, data=tmp_path / "data")
    (told,) = [line for line in done.stderr.splitlines() if "The loss became" in line]
    assert "step 1 " in told
    assert "in relu" in told
    assert "a logarithm" in told


def test_a_weight_that_forward_never_uses(document, tmp_path):
    """They train as one process does, and it is named once."""
    drawn = documents.read(document).document
    file = tmp_path / "spare.py"
    file.write_text(SPARE)
    block = Custom(
        path=str(file), class_name="Spare", sha256=digest(file.read_bytes()), arguments="{}"
    )
    document.write_text(dump(set_block(drawn, "relu", block)), encoding="utf-8")
    command = ["train", str(document), "--trust", str(file), "--epochs", "1", "--out"]
    one = started(["-m", "explorer", *command, str(tmp_path / "one")], tmp_path / "data-one")
    two = torchrun(*command, tmp_path / "two", data=tmp_path / "data")
    for done in (one, two):
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("relu.spare.weight") == 1
    for name, tensor in weights(tmp_path / "one").items():
        both = weights(tmp_path / "two")[name], tensor
        torch.testing.assert_close(*both, rtol=1e-9, atol=1e-9)


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
