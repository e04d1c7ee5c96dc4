"""The weights of the best epoch are kept in every run, said and to be had at its end; an export
names the weights that it wrote.
"""

from dataclasses import replace

import pytest
import torch

from explorer.engine.checkpoints.checkpoint import BEST, load_checkpoint
from explorer.engine.run.session import Session
from explorer.graph.edits import set_training
from explorer.protocol import commands as do
from explorer.protocol.events import (
    BestEpoch,
    Checkpointed,
    EpochDone,
    Exported,
    Failed,
    SettingChanged,
    Started,
    Status,
)
from tests.engine.making import cnn, planned
from tests.making import block

WORSE_LATER = {"batch": 64, "epochs": 6, "rate": 0.05}


def told(events, kind):
    return [event for event in events if isinstance(event, kind)]


def drawn(patience=0, seed=0):
    return planned(
        block("flatten"),
        block("linear", out_features=32),
        block("relu"),
        block("linear", out_features=10),
        **WORSE_LATER,
        patience=patience,
        seed=seed,
    )


def overfitting(patience=0):
    """Its last epoch is not its best: which it is depends on the processor's last digits."""
    for seed in range(20):
        session, events = Session(drawn(patience, seed), "cpu"), []
        session.train(on_event=events.append)
        if told(events, BestEpoch):
            return session.plan
    raise AssertionError("no seed is of use")


@pytest.fixture(params=[0, 100], ids=["no patience", "patience not reached"])
def ended(request, tmp_path):
    """A run whose last epoch was not its best, and what it told."""
    session, events = Session(overfitting(request.param), "cpu"), []
    session.train(on_event=events.append, folder=tmp_path)
    return session, events, bool(request.param)


def best_of(events):
    return min(told(events, EpochDone), key=lambda each: each.test_loss)


def test_the_end_of_a_run_says_which_epoch_was_best(ended):
    _, events, asked = ended
    best, last = best_of(events), told(events, EpochDone)[-1]
    (said,) = told(events, BestEpoch)
    assert (said.epoch, said.loss) == (best.epoch, best.test_loss)
    assert (said.last_epoch, said.last_loss) == (last.epoch, last.test_loss)
    assert said.asked is asked
    for number in (best.epoch, last.epoch):
        assert f"epoch {number}" in said.told


def test_its_weights_can_be_put_in_place_and_taken_from_a_checkpoint(ended):
    session, events, _ = ended
    best = best_of(events)
    checkpoint = load_checkpoint(told(events, Checkpointed)[-1].path)
    session.run.use_best()
    assert session.evaluate() == pytest.approx((best.test_loss, best.test_accuracy), rel=1e-5)
    assert session.known_accuracy == best.test_accuracy
    kept = checkpoint.part(BEST)
    assert all(torch.equal(kept[name], t) for name, t in session.network.state_dict().items())


def test_a_run_whose_last_epoch_was_the_best_says_nothing():
    session, events = Session(cnn(batch=64, epochs=2), "cpu"), []
    session.train(on_event=events.append)
    losses = [each.test_loss for each in told(events, EpochDone)]
    assert losses[1] < losses[0]
    assert told(events, BestEpoch) == []


@pytest.mark.parametrize("how", ["stopped", "so many steps"])
def test_a_run_that_ends_before_its_last_epoch_says_it_too(how):
    plan, events = overfitting(), []
    whole = Session(plan, "cpu")
    whole.train(on_event=events.append)
    end = told(events, EpochDone)[-1].step
    events.clear()
    session = Session(plan, "cpu")
    session.plan = replace(plan, document=set_training(plan.document, {"epochs": 50}))
    stopped = {"should_stop": lambda: session.step >= end} if how == "stopped" else {"steps": end}
    session.train(on_event=events.append, **stopped)
    done = told(events, EpochDone)
    best = best_of(events)
    expected = [best.epoch] if best.epoch < done[-1].epoch else []
    assert [each.epoch for each in told(events, BestEpoch)] == expected


# --- through the engine's thread


def test_they_can_be_asked_for_at_the_end_and_of_a_recorded_run(talk, tmp_path):
    talk.do(do.Train(1, overfitting(), folder=tmp_path))
    epochs = [talk.hear(EpochDone) for _ in range(6)]
    best = best_of(epochs)
    assert talk.hear(BestEpoch).epoch == best.epoch
    path = talk.hear(Checkpointed).path
    talk.do(do.Export(1, "pt", tmp_path / "last.pt"), do.UseBest())
    talk.do(do.Export(2, "pt", tmp_path / "best.pt"))
    last, chosen = talk.hear(Exported), talk.hear(Exported)
    assert (last.run, last.step, last.best_epoch) == (1, epochs[-1].step, 0)
    assert last.accuracy == epochs[-1].test_accuracy
    assert (chosen.best_epoch, chosen.accuracy) == (best.epoch, best.test_accuracy)
    talk.do(do.ResumeRun(2, path, paused=True, best=True), do.Export(3, "pt", tmp_path / "b.pt"))
    again = talk.hear(Exported)
    assert (again.run, again.step, again.best_epoch) == (2, epochs[-1].step, best.epoch)
    assert again.accuracy == pytest.approx(best.test_accuracy)


def test_not_while_a_run_goes_on(talk):
    talk.do(do.Train(1, drawn(), paused=True), do.UseBest())
    assert "Stop it" in talk.hear(Failed).message
    talk.do(do.Stop(), do.UseBest())
    assert "No epoch has ended" in talk.hear(Failed).message


def test_an_untrained_export_says_so(talk, tmp_path):
    talk.do(do.Prepare(drawn()), do.Export(1, "pt", tmp_path / "net.pt"))
    done = talk.hear(Exported)
    assert (done.run, done.step, done.accuracy) == (0, 0, None)


def test_more_epochs_act_at_once_and_a_held_run_stays_held(talk):
    talk.do(do.Train(1, drawn(), paused=True), do.SetEpochs(7), do.StepOnce(), do.Resume())
    an_epoch = talk.hear(Started).steps_per_epoch
    change = talk.hear(SettingChanged)
    assert (change.name, change.value, change.step) == ("epochs", 7, 0)
    assert talk.hear(Status).state == "paused"
    assert [talk.hear(EpochDone).epoch for _ in range(7)] == list(range(1, 8))
    assert (
        talk.until(lambda e: isinstance(e, Status) and e.state == "finished").step == 7 * an_epoch
    )
