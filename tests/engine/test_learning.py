"""A run that has learnt nothing says so after an epoch, with what gives nothing but zeros."""

import numpy as np
import pytest
import torch

from explorer.engine.run.learning import dead_blocks, learnt_nothing
from explorer.engine.run.session import Session
from explorer.protocol.events import EpochDone, LearntNothing
from tests.engine.making import attention, cnn, lstm


def doubts(session) -> list[LearntNothing]:
    """Each comes right after the figures of its epoch."""
    events = []
    session.train(on_event=events.append)
    for place, event in enumerate(events):
        if isinstance(event, LearntNothing):
            assert isinstance(events[place - 1], EpochDone)
            assert events[place - 1].epoch == event.epoch
    return [event for event in events if isinstance(event, LearntNothing)]


def silence(session, layer: str) -> None:
    """No sample gets through: its output is negative, whatever comes in."""
    with torch.no_grad():
        found = session.network.get_submodule(layer)
        found.weight.zero_()
        found.bias.fill_(-1.0)


@pytest.mark.parametrize("make", [cnn, lstm, attention])
def test_a_run_that_learns_is_left_alone(make):
    made = make(rate=0.004, epochs=1) if make is cnn else make()
    assert doubts(Session(made, "cpu")) == []


def test_a_rate_of_nearly_nothing_teaches_nothing():
    (told,) = doubts(Session(cnn(rate=1e-6, epochs=1, batch=512), "cpu"))
    assert told.guesses
    assert told.dead == ()
    assert told.chance == pytest.approx(183 / 1797)  # the commonest digit of the test samples
    assert told.accuracy < 0.2


def test_a_dead_layer_is_named():
    session = Session(cnn(), "cpu")
    silence(session, "bn")
    done = EpochDone(3, 2, 100, 0.1, 0.9, 0.1, 1.0, 1.0, np.diag(np.full(10, 50)))
    told = learnt_nothing(done, session.network, session.data, 64)
    assert (told.run, told.epoch, told.dead, told.guesses) == (3, 2, ("relu",), False)
    assert "relu" in told.told


def test_what_is_silent_since_before_is_not_blamed_on_what_follows():
    session = Session(cnn(), "cpu")
    assert dead_blocks(session.network, session.data, 64) == ()
    silence(session, "bn")
    assert dead_blocks(session.network, session.data, 64) == ("relu",)


def test_looking_leaves_the_run_as_it_was():
    one, other = (Session(cnn(batch=32, epochs=1), "cpu") for _ in range(2))
    one.train()
    other.train(on_event=lambda event: dead_blocks(other.network, other.data, 8)
                if isinstance(event, EpochDone) else None)  # fmt: skip
    for name, value in one.network.state_dict().items():
        assert np.array_equal(value, other.network.state_dict()[name])
    assert one.network.training == other.network.training
