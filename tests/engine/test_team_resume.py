"""Three processes that stop, or one of which dies, go on bit for bit: each with its own numbers."""

import sys
from dataclasses import replace

import pytest
import torch

from explorer.engine.checkpoints.checkpoint import load_checkpoint, write
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.graph.files import dump
from tests.engine.torchrun import ROOT, launch, started, weights
from tests.making import block

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gloo over loopback on Unix")

# Notes each process's random numbers at each step; rank 1 dies once where DYING says so.
NOTING = """
import hashlib, os, sys
from pathlib import Path
import torch
from explorer.__main__ import main
from explorer.engine.run import train
step, rank = train.Run._step, os.environ["RANK"]
def noting(self, picked):
    first = os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
    if first and rank == "1" and str(self.step) == os.environ.get("DYING"):
        os._exit(7)
    state = hashlib.sha256(torch.get_rng_state().numpy().tobytes()).hexdigest()
    with Path(os.environ["EXPLORER_DATA"], "states-" + rank).open("a") as file:
        file.write(f"{self.step} {state}\\n")
    return step(self, picked)
train.Run._step = noting
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the script, and a network that draws: dropout and noise."""
    folder = tmp_path_factory.mktemp("three")
    (folder / "noting.py").write_text(NOTING)
    row = [
        block("input"),
        block("conv2d", out_channels=4, padding=1),
        block("relu"),
        block("flatten"),
        block("dropout", p=0.3),
        block("linear", out_features=32),
        block("linear", out_features=10),
        block("output"),
    ]
    drawn = chain(Document(title="Small", dataset="digits-8x8"), [(None, each) for each in row])
    drawn = set_training(drawn, {"epochs": 2, "batch": 255, "noise": 0.1})
    (folder / "small.json").write_text(dump(drawn), encoding="utf-8")
    return folder


def trained(place, name, *arguments, restarts=0, **more):
    """Three processes; the run's folder is `name`."""
    data = place / f"data-{name}"
    data.mkdir(exist_ok=True)
    command = [*launch(3), f"--max-restarts={restarts}", str(place / "noting.py"), "train"]
    done = started([*command, *map(str, arguments)], data, PYTHONPATH=str(ROOT), **more)
    assert done.returncode == 0, done.stderr


def states(place, name):
    """Each process's random numbers before each of its steps, the last time that it was made."""
    found = []
    for rank in range(3):
        lines = (place / f"data-{name}" / f"states-{rank}").read_text().split("\n")[:-1]
        found.append(dict(line.split(" ") for line in lines))
    return found


@pytest.fixture(scope="module")
def whole(place):
    """A run that nothing has stopped."""
    trained(place, "whole", place / "small.json", "--out", place / "whole")
    return place / "whole"


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_stopped_and_resumed(place, whole):
    folder = place / "stopped"
    trained(place, "stopped", place / "small.json", "--out", folder, "--steps", 20)
    trained(place, "stopped", "--resume", folder)
    assert states(place, "stopped") == states(place, "whole")
    assert equal(weights(folder), weights(whole))


def test_one_has_died(place, whole):
    folder = place / "died"
    command = [place / "small.json", "--out", folder]
    trained(place, "died", *command, restarts=1, DYING="22")
    assert states(place, "died") == states(place, "whole")
    assert equal(weights(folder), weights(whole))


def test_no_two_draw_the_same(place, whole):
    by_step = zip(*(each.values() for each in states(place, "whole")), strict=True)
    assert all(len({*row}) == 3 for row in by_step)


def test_a_checkpoint_from_before_they_were_kept(place, whole):
    """It resumes, and no two processes draw the same."""
    folder = place / "old"
    trained(place, "old", place / "small.json", "--out", folder, "--steps", 20)
    (path,) = (folder / "checkpoints").glob("step-00000020*")
    found = load_checkpoint(path)
    kept = {name: each for name, each in found.tensors.items() if name[-2:] not in (".1", ".2")}
    assert len(kept) == len(found.tensors) - 2
    write(path, replace(found, tensors=kept))
    trained(place, "old", "--resume", folder)
    rows = zip(*(each.values() for each in states(place, "old")), strict=True)
    assert all(len({*row}) == 3 for row in rows)
