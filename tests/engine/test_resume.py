"""The engine's commands for runs that go on: resume, train more, live settings, early stopping."""

import numpy as np
import pytest

from explorer.protocol import commands as do
from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Losses,
    Prediction,
    Progress,
    SettingChanged,
    Started,
    Status,
    StoppedEarly,
)
from explorer.protocol.run_log import RunLog
from tests.engine.making import block, cnn, planned

PICTURE = np.full((1, 8, 8), 7, np.uint8)
LONG = {"epochs": 10_000, "batch": 32}


def answer(talk, request):
    talk.do(do.Predict(request, PICTURE))
    return talk.hear(Prediction, request=request).probabilities


def test_a_held_run_is_resumed_exactly(talk, tmp_path):
    talk.do(do.Train(1, cnn(**LONG), folder=tmp_path))
    talk.hear(Losses)
    talk.do(do.Pause())
    saved = talk.hear(Checkpointed)
    assert talk.hear(Status, state="paused").step == saved.step
    talk.do(*[do.StepOnce()] * 3)
    talk.hear(Status, step=saved.step + 3)
    expected = answer(talk, 1)
    talk.do(do.ResumeRun(2, saved.path, cnn(**LONG), paused=True), *[do.StepOnce()] * 3)
    assert talk.hear(Started, run=2).step == saved.step
    assert talk.hear(Status) == Status(2, "paused", saved.step)
    talk.hear(Status, step=saved.step + 3)
    assert np.array_equal(answer(talk, 2), expected)


def test_a_finished_run_is_resumed_and_lengthened(talk, tmp_path):
    talk.do(do.Train(1, cnn(epochs=1, batch=256), folder=tmp_path / "first"))
    talk.hear(Status, state="finished")
    talk.do(do.TrainMore(1, tmp_path / "second"))
    assert talk.hear(SettingChanged) == SettingChanged(1, 15, "epochs", 2)
    assert talk.hear(Progress).total_steps == 30
    assert talk.hear(EpochDone).epoch == 2
    saved = talk.hear(Checkpointed)
    assert (saved.path.parent, saved.step) == (tmp_path / "second", 30)
    talk.hear(Status, state="finished")
    talk.do(do.ResumeRun(3, saved.path))
    assert talk.hear(Status, run=3) == Status(3, "finished", 30)
    talk.do(do.TrainMore(1))
    assert talk.hear(EpochDone, run=3).step == 45


def test_a_checkpoint_that_does_not_fit_leaves_the_run_as_it_is(talk, tmp_path):
    talk.do(do.Train(1, cnn(epochs=1, batch=256), folder=tmp_path))
    saved = talk.hear(Checkpointed)
    other = planned(block("flatten"), block("linear", out_features=10), **LONG)
    talk.do(do.Train(2, other))
    talk.hear(Losses, run=2)
    talk.do(do.ResumeRun(3, saved.path, other))
    failed = talk.failed()
    assert failed.doing == "resuming a run"
    assert "belongs to another network" in failed.message
    saved.path.write_bytes(saved.path.read_bytes()[:-50])
    talk.do(do.ResumeRun(3, saved.path))
    assert "damaged" in talk.failed().message
    talk.do(do.Pause())
    assert talk.hear(Status, state="paused").run == 2


def test_settings_are_changed_while_it_runs_and_marked(talk):
    log = RunLog()
    talk.do(do.Train(1, cnn(**LONG)))
    log.add(talk.hear(Started))
    talk.hear(Losses)
    talk.do(do.SetRate(0.01), do.SetWeightDecay(0.1), do.SetDropout("dropout", 0.7))
    for name, value in {"rate": 0.01, "weight_decay": 0.1, "dropout.dropout": 0.7}.items():
        assert log.add(talk.hear(SettingChanged, name=name, value=value))
    assert [change.value for change in log.changes] == [0.01, 0.1, 0.7]
    talk.do(do.SetDropout("conv1", 0.5))
    assert talk.failed().message == "conv1 has no dropout."
    talk.do(do.Rewind())
    again = [talk.hear(SettingChanged, step=0) for _ in range(3)]
    assert [change.value for change in again] == [0.01, 0.1, 0.7]


def test_a_log_follows_the_new_length():
    log = RunLog()
    log.add(Started(1, 15, 30, 1, "CPU"))
    log.add(SettingChanged(1, 30, "epochs", 5))
    assert log.total_steps == 75
    log.add(SettingChanged(1, 30, "epochs", 6))
    assert (log.total_steps, len(log.changes)) == (90, 1)


def test_patience(talk):
    talk.do(do.Train(1, cnn(epochs=50, batch=256, patience=1), paused=True))
    talk.do(do.SetRate(0.0), do.Resume())
    early = talk.hear(StoppedEarly)
    assert (early.step, early.epochs) == (30, 1)
    assert talk.hear(Status, state="finished").step == 30


@pytest.mark.parametrize("ended", [do.Stop(), do.Quit()])
def test_what_runs_is_saved_when_it_ends(talk, tmp_path, ended):
    talk.do(do.Train(1, cnn(**LONG), folder=tmp_path))
    talk.hear(Losses)
    talk.do(ended)
    saved = talk.hear(Checkpointed)
    assert saved.path.stat().st_size == saved.size
