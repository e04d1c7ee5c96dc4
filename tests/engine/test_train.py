"""Training: the same seed gives the same weights, figures are true, faults hold the run."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine.device.failures import EngineError
from explorer.engine.network.build import initial_network
from explorer.engine.run import measuring
from explorer.engine.run.session import Session, TrainingError
from explorer.engine.run.train import Beat
from explorer.engine.step import descent
from explorer.engine.step.data import HELD_OUT, data_on
from explorer.engine.step.evaluate import score
from explorer.plan.plan import plan
from explorer.protocol.commands import Watch
from explorer.protocol.events import (
    Cure,
    EpochDone,
    Failed,
    HeldOut,
    Losses,
    Progress,
    SettingChanged,
    Started,
)
from tests.engine.making import attention, block, cnn, lstm, planned

ROOT = Path(__file__).resolve().parents[2]


def weights(session):
    return {name: value.clone() for name, value in session.network.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def session():
    return Session(cnn(batch=32, epochs=2, rate=0.004), "cpu")


def test_it_learns_and_says_so(session):
    events = []
    assert session.train(on_event=events.append)
    started, *_ = events
    assert isinstance(started, Started)
    assert (started.steps_per_epoch, started.total_steps) == (120, 240)
    loss, accuracy = session.evaluate()
    assert accuracy > 0.93
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert epochs[-1].test_accuracy == pytest.approx(accuracy)
    assert epochs[-1].test_loss == pytest.approx(loss, rel=1e-4)
    assert epochs[-1].confusion.sum() == 1797
    assert epochs[-1].confusion.trace() / 1797 == pytest.approx(accuracy)
    assert epochs[1].train_loss < epochs[0].train_loss
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.step, last.total_steps, last.seconds_left) == (240, 240, 0.0)


def test_every_step_has_its_loss_once(session):
    events = []
    session.train(on_event=events.append)
    parts = [event for event in events if isinstance(event, Losses)]
    assert np.array_equal(np.concatenate([part.steps for part in parts]), np.arange(1, 241))
    accuracies = np.concatenate([part.accuracies for part in parts])
    assert ((accuracies >= 0) & (accuracies <= 1)).all()
    epoch = next(event for event in events if isinstance(event, EpochDone))
    # the last batch of the epoch has 3823 % 32 = 15 samples
    losses = np.concatenate([part.losses for part in parts])[:120]
    sizes = np.array([32] * 119 + [15])
    assert epoch.train_loss == pytest.approx(losses @ sizes / 3823, rel=1e-5)


def test_same_seed_same_weights_whatever_happens_between():
    plain, busy = Session(cnn(), "cpu"), Session(cnn(), "cpu")
    run = plain.begin(1, lambda event: None)
    for _ in range(20):
        run.advance()
    torch.rand(5)
    run = busy.begin(1, lambda event: None)
    for step in range(20):
        assert run.advance() is Beat.STEP
        busy.predict(busy.data.test.inputs[step].numpy())
        busy.observe(Watch(frozenset(busy.plan.document.nodes), True, step))
        busy.evaluate() if step == 7 else None
        run.tell()
    assert equal(weights(plain), weights(busy))


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd"])
def test_rewound_is_bit_for_bit_the_same(optimiser):
    session = Session(cnn(optimiser=optimiser, seed=3), "cpu")
    first = session.begin(1, lambda event: None)
    initial = weights(session)
    for _ in range(12):
        first.advance()
    trained = weights(session)
    again = session.begin(1, lambda event: None)
    assert again.step == 0
    assert equal(weights(session), initial)
    for _ in range(12):
        again.advance()
    assert equal(weights(session), trained)
    assert not equal(initial, trained)


@pytest.mark.parametrize("make", [lstm, attention])
def test_dropout_inside_layers_follows_the_seed(make):
    settings = {"dropout": 0.3, **({"num_layers": 2} if make is lstm else {"num_heads": 4})}
    trained = []
    for _ in range(2):
        session = Session(make(**settings), "cpu")
        session.train(steps=5)
        trained.append(weights(session))
        torch.rand(3)
    assert equal(*trained)


def test_the_optimisers_are_torchs():
    """Against torch's plain optimisers, on the same batches."""
    for name, make in {
        "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
        "sgd": lambda p: torch.optim.SGD(p, lr=0.01, weight_decay=0.1, momentum=0.9),
    }.items():
        drawn = planned(
            block("flatten"),
            block("linear", out_features=10),
            optimiser=name,
            rate=0.01,
            weight_decay=0.1,
        )
        session = Session(drawn, "cpu")
        session.train(steps=5)
        network = initial_network(drawn)
        optimiser = make(network.parameters())
        data = data_on(drawn.dataset, torch.device("cpu"))
        order = torch.Generator().manual_seed(0)
        torch.randint(2**62, (), generator=order)
        for picked in torch.randperm(3823, generator=order).split(64)[:5]:
            inputs = (data.train.inputs[picked] / 16.0 - 0.3077) / 0.3773
            loss = torch.nn.functional.cross_entropy(network(inputs), data.train.labels[picked])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        torch.testing.assert_close(session.network.state_dict(), network.state_dict())


def test_each_epoch_sees_each_sample_once_in_a_new_order(session):
    run = session.begin(1, lambda event: None)
    first, second = torch.cat(run.order.batches()), torch.cat(run.order.batches())
    assert torch.equal(first.sort().values, torch.arange(3823))
    assert torch.equal(second.sort().values, torch.arange(3823))
    assert not torch.equal(first, second)


@pytest.mark.parametrize(
    ("batch", "steps"), [(1, 3823), (2, 1911), (64, 60), (3822, 1), (3823, 1), (4096, 1)]
)
def test_a_last_batch_of_one_is_left_out(batch, steps):
    session = Session(cnn(batch=batch), "cpu")
    run = session.begin(1, lambda event: None)
    batches = run.order.batches()
    assert len(batches) == run.steps_per_epoch == steps
    assert len(batches[-1]) > 1 or batch == 1


def test_the_rate_can_be_changed_between_steps(session):
    events = []
    run = session.begin(1, events.append)
    run.advance()
    before = weights(session)
    run.rate = 1e-30
    run.tell_progress()
    run.advance()
    after = weights(session)
    assert torch.allclose(before["conv1.weight"], after["conv1.weight"], atol=1e-12)
    assert [event.rate for event in events if isinstance(event, Progress)] == [1e-30]


def test_the_rate_falls_over_the_last_third(session):
    run = session.begin(1, lambda event: None)
    rates = []
    for step in range(1, run.total_steps + 1):
        run.step = step
        rates.append(run.present_rate)
    assert set(rates[:160]) == {0.004}
    assert rates[200] == pytest.approx(0.002)
    assert rates[-1] == pytest.approx(0.004 / 80)
    assert sorted(rates, reverse=True) == rates
    run.rate = 0.1
    run.step = 201
    assert run.present_rate == pytest.approx(0.05)


def test_held_out_figures_come_while_an_epoch_is_under_way(session, monkeypatch):
    monkeypatch.setattr(measuring, "HELD_OUT_STEPS", 10)
    monkeypatch.setattr(measuring, "HELD_OUT_SHARE", 10.0)
    events = []
    session.train(on_event=events.append, steps=60)
    held_out = [event for event in events if isinstance(event, HeldOut)]
    assert [event.step for event in held_out] == [10, 20, 30, 40, 50]
    assert {event.samples for event in held_out} == {HELD_OUT}
    assert held_out[-1].loss < held_out[0].loss


def test_held_out_is_a_fixed_spread_of_the_test_samples():
    data = data_on(cnn().dataset, torch.device("cpu"))
    assert len(data.held_out) == HELD_OUT
    assert torch.equal(data.held_out.inputs[0], data.test.inputs[0])
    assert torch.equal(data.held_out.inputs[-1], data.test.inputs[-1])


def test_measuring_in_pieces_gives_the_whole(session):
    whole = score(session.network, session.data, session.data.test, piece=5000)
    pieces = score(session.network, session.data, session.data.test, piece=7)
    assert np.array_equal(whole.confusion, pieces.confusion)
    assert whole.loss == pytest.approx(pieces.loss, rel=1e-5)
    assert session.network.training


def test_a_loss_that_is_no_number_holds_the_run_at_good_weights(monkeypatch):
    monkeypatch.setattr("explorer.engine.run.curves.READ_EVERY_S", 0.0)  # not by the clock
    session = Session(cnn(optimiser="sgd", rate=0.01), "cpu")
    events = []
    run = session.begin(1, events.append)
    for _ in range(3):
        run.advance()
    run.good.keep(run.step)
    good = weights(session)
    run.rate = 1e30
    beats = []
    while Beat.FAULT not in beats:
        beats.append(run.advance())
        assert len(beats) < 50
    failed = next(event for event in events if isinstance(event, Failed))
    assert "rate 1e+30" in failed.message
    assert "weights of step 3" in failed.message
    assert "at step 5" in failed.message or "at step 4" in failed.message
    assert equal(weights(session), good)
    assert run.rate == 1e30
    run.rate = 0.001
    for _ in range(5):
        assert run.advance() is Beat.STEP
    assert run.tell()
    told = np.concatenate([event.losses for event in events if isinstance(event, Losses)])
    assert np.isfinite(told).all()
    assert all(math.isfinite(v.sum()) for v in weights(session).values() if v.is_floating_point())


def test_train_raises_what_it_has_told():
    session = Session(cnn(optimiser="sgd", rate=10.0), "cpu")
    events = []

    def spoil():
        session.run.rate = 1e30
        return False

    with pytest.raises(TrainingError) as raised:
        session.train(on_event=events.append, should_stop=spoil)
    assert str(raised.value) == next(e for e in events if isinstance(e, Failed)).message


def test_memory_that_runs_out_names_batch_and_step(session, monkeypatch):
    def hungry(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 10 bytes")

    events = []
    run = session.begin(1, events.append)
    run.advance()
    monkeypatch.setattr(descent, "train_step", hungry)
    assert run.advance() is Beat.FAULT
    assert events[-1].message == (
        "There is not enough memory for step 2 with batch 32. "
        "Set batch to 8, or accumulate to 4, and train again."
    )
    assert events[-1].cures == (
        Cure("Accumulate 4", "go on", {"accumulate": 4}),
        Cure("Batch 8 from the start", "anew", {"batch": 8}),
    )
    assert run.step == 1
    monkeypatch.undo()
    assert run.advance() is Beat.STEP
    assert run.step == 2


def test_an_evaluation_without_memory_is_made_in_smaller_pieces(session, monkeypatch):
    sizes = []
    whole = measuring.evaluation

    def hungry(network, data, samples, piece):
        sizes.append(piece)
        if piece > 10:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 10 bytes")
        return whole(network, data, samples, piece)

    monkeypatch.setattr(measuring, "evaluation", hungry)
    run = session.begin(1, lambda event: None)
    for _ in run.measuring.score(session.data.held_out):
        pass
    assert sizes == [64, 16, 4]
    for _ in run.measuring.score(session.data.held_out):
        pass
    assert sizes[3:] == [4]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory so")
def test_memory_that_really_runs_out():
    """In a process with little room: held at the step, and with accumulation it goes on there."""
    command = [sys.executable, "-m", "tests.engine.small_memory"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "not enough memory for step 1 with batch 3,000" in told["message"]
    assert told["cures"] == ["Accumulate 4", "Batch 750"]
    assert (told["beats"][0], told["beats"][-1]) == ("FAULT", "STEP")
    assert (told["step"], told["after"]) == (0, 1)
    assert told["accumulate"] >= 4


def test_accumulation_set_while_a_run_is_held_is_the_same_step():
    def trained(change):
        drawn = planned(block("flatten"), block("linear", out_features=10), batch=100)
        session, events = Session(drawn, "cpu"), []
        run = session.begin(1, events.append)
        run.advance()
        if change:
            session.accumulate(run, 7)
        for _ in range(5):
            run.advance()
        return session, events

    (plain, _), (pieces, events) = trained(False), trained(True)
    torch.testing.assert_close(weights(plain), weights(pieces), atol=1e-5, rtol=1e-4)
    (changed,) = [event for event in events if isinstance(event, SettingChanged)]
    assert (changed.step, changed.name, changed.value) == (1, "accumulate", 7)
    assert pieces.checkpoint_of(pieces.run).document.training.accumulate == 7
    with pytest.raises(EngineError, match="accumulate 0"):
        pieces.accumulate(pieces.run, 0)


def test_stopping(session):
    events = []
    assert not session.train(on_event=events.append, should_stop=lambda: session.step >= 5)
    assert session.step == 5
    told = [event for event in events if isinstance(event, Losses)]
    assert told[-1].steps[-1] == 5


def test_a_network_without_weights_is_refused(session, monkeypatch):
    monkeypatch.setattr(session, "_initial", lambda: session.network.requires_grad_(False))
    with pytest.raises(EngineError, match="no weights to train"):
        session.begin(1, lambda event: None)


def test_an_unfinished_drawing_is_refused():
    document = cnn().document
    with pytest.raises(EngineError, match="can't be built yet"):
        Session(plan(type(document)(dataset="digits-8x8")), "cpu")


def test_a_picture_of_another_shape_is_refused(session):
    with pytest.raises(EngineError, match="1 x 28 x 28, but Small digits 8 x 8 has 1 x 8 x 8"):
        session.predict(np.zeros((1, 28, 28), np.uint8))


def test_probabilities_are_those_of_the_network(session):
    session.train(steps=30)
    raw = session.data.test.inputs[4]
    answer = session.predict(raw.numpy())
    x = (raw[None] / 16.0 - 0.3077) / 0.3773
    expected = session.network.eval()(x).softmax(1)[0].detach().numpy()
    np.testing.assert_allclose(answer, expected, atol=1e-6)
    assert answer.sum() == pytest.approx(1.0, abs=1e-6)
