"""Writers that are killed: `python -m tests.records.killing FOLDER COUNT` kills so many in a row.

A run of its own, for it forks: torch is loaded once, and each writer is a child.
"""

import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

import torch

from explorer.engine.checkpoints.checkpoint import (
    Checkpoint,
    Facts,
    Snapshot,
    load_checkpoint,
    write,
)
from explorer.protocol.events import Checkpointed
from explorer.records.store import RunStore
from tests.records.making import VERSIONS, an_epoch, drawing, started

LONGEST_S = 0.12


def facts(step: int) -> Facts:
    place = Snapshot(
        step=step,
        epochs_done=step // 10,
        epochs=10_000,
        rate=0.1,
        weight_decay=0.0,
        dropouts={},
        seconds=1.0,
        epoch_seconds=0.0,
        epoch_sums=(0.0, 0.0, 0.0),
        best_loss=None,
        stale_epochs=0,
    )
    return Facts(place=place, threads=1, device="cpu", torch="2", dataset_sha256="")


def write_runs(folder: Path) -> None:
    """A run after the other, with a checkpoint after each epoch, for ever."""
    store = RunStore.open(folder)
    random_state = torch.get_rng_state()
    while True:
        record = store.begin(drawing(), VERSIONS)
        record.folder.mkdir(parents=True)
        store.start(record.id, started())
        for number in range(1, 4):
            store.add(record.id, an_epoch(number))
            tensors = {
                "network.w": torch.full((50_000,), float(number)),
                "random.torch": random_state,
                "random.order": random_state.clone(),
            }
            path = record.folder / f"step-{number}.safetensors"
            done = write(path, Checkpoint(drawing(), facts(10 * number), tensors))
            told = Checkpointed(1, 10 * number, number, path, done.sha256, done.size)
            store.add(record.id, [told])
        store.end(record.id, "finished")


def check(folder: Path) -> None:
    """The store opens as it is, and what it lists is there and whole."""
    store = RunStore.open(folder)
    assert not store.remarks, store.remarks
    for record in store.runs():
        assert record.state != "running", record
        steps = store.curves(record.id).losses.steps
        assert len(steps) == record.epochs * 10, "part of an epoch was written"
        for row in store.checkpoints(record.id):
            assert row.path.stat().st_size == row.size
    store.close()
    for path in folder.rglob("*.safetensors"):
        load_checkpoint(path)


def main(folder: Path, count: int) -> None:
    draw = random.Random(3)
    torch.set_num_threads(1)
    for kill in range(count):
        child = os.fork()
        if child == 0:
            try:
                write_runs(folder)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        time.sleep(draw.uniform(0.0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the writer ended by itself"
        check(folder)
        if kill % 10 == 9:
            for path in folder.rglob("*.safetensors.unfinished"):
                path.unlink()
    store = RunStore.open(folder)
    runs = store.runs()
    assert any(record.state == "interrupted" for record in runs)
    sys.stdout.write(f"{count} {len(runs)} {len(list(folder.rglob('*.safetensors')))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
