"""Mailboxes: nothing is lost that must be kept, nothing piles up that need not."""

import threading

import numpy as np

from explorer.protocol.commands import Pause, Predict, Quit, Resume, Watch
from explorer.protocol.events import (
    Activation,
    EpochDone,
    HeldOut,
    Losses,
    Prediction,
    Progress,
    Started,
)
from explorer.protocol.mailbox import CommandBox, EventBox
from explorer.protocol.run_log import RunLog


def losses(run, *steps):
    values = np.array(steps, np.float32)
    return Losses(run, np.array(steps), values, values / 100)


def activation(node, step):
    return Activation(1, node, step, np.full((2,), step, np.float32))


def test_losses_are_joined_and_none_is_dropped():
    box = EventBox()
    for step in range(1000):
        box.put(losses(1, step))
    (event,) = box.take()
    assert event.steps.tolist() == list(range(1000))
    assert box.take() == []


def test_losses_of_two_runs_stay_apart():
    box = EventBox()
    box.put(losses(1, 1))
    box.put(losses(2, 1))
    assert [event.run for event in box.take()] == [1, 2]


def test_a_new_start_voids_the_unread_losses_of_its_run():
    box = EventBox()
    box.put(losses(1, 1, 2, 3))
    box.put(Started(1, 10, 30, 1, "CPU"))
    box.put(losses(1, 1))
    started, event = box.take()
    assert isinstance(started, Started)
    assert event.steps.tolist() == [1]


def test_only_the_latest_of_what_replaces_is_read():
    box = EventBox()
    for step in range(50):
        box.put(activation("conv1", step))
        box.put(activation("conv2", step))
        box.put(Prediction(1, step, step, np.zeros(10, np.float32)))
        box.put(Progress(1, step, 100, 1.0, 1.0, 0.1))
    events = box.take()
    assert len(events) == 4
    assert {getattr(event, "step", None) for event in events} == {49}


def test_what_is_kept_is_kept_in_order():
    box = EventBox()
    for step in range(5):
        box.put(HeldOut(1, step, 10, 0.5, 0.9))
    assert [event.step for event in box.take()] == list(range(5))


def test_of_waiting_questions_only_the_latest_is_answered():
    box = CommandBox()
    picture = np.zeros((1, 2, 2), np.uint8)
    box.put(Predict(1, picture))
    box.put(Pause())
    box.put(Predict(2, picture))
    box.put(Watch(sample=1))
    box.put(Watch(sample=2))
    box.put(Resume())
    taken = [box.take() for _ in range(5)]
    assert isinstance(taken[0], Pause)
    assert taken[1].request == 2
    assert taken[2].sample == 2
    assert isinstance(taken[3], Resume)
    assert taken[4] is None


def test_a_waiting_reader_wakes_for_a_command():
    box = CommandBox()
    found = []
    reader = threading.Thread(target=lambda: found.append(box.take(5.0)))
    reader.start()
    box.put(Quit())
    reader.join(5)
    assert isinstance(found[0], Quit)


def test_quit_is_seen_behind_other_commands():
    box = CommandBox()
    box.put(Pause())
    assert not box.quit_waits()
    box.put(Quit())
    assert box.quit_waits()


def test_many_threads_lose_no_step():
    box, total = EventBox(), 0
    writers = [
        threading.Thread(target=lambda: [box.put(losses(1, n)) for n in range(500)])
        for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        total += sum(len(event.steps) for event in box.take())
    total += sum(len(event.steps) for event in box.take())
    assert total == 2000


def test_the_log_drops_events_of_other_runs_and_begins_anew():
    log = RunLog()
    assert not log.add(losses(1, 1))
    log.add(Started(1, 10, 30, 1, "CPU"))
    log.add(losses(1, 1, 2))
    log.add(losses(1, 3))
    log.add(losses(7, 99))
    log.add(HeldOut(1, 3, 10, 0.5, 0.9))
    log.add(EpochDone(1, 1, 3, 0.1, 0.9, 0.2, 0.8, 1.0, np.eye(2, dtype=np.int64)))
    assert log.training()[0].tolist() == [1, 2, 3]
    assert (len(log.held_out), len(log.epochs)) == (1, 1)
    log.add(Started(1, 10, 30, 1, "CPU"))
    assert len(log.training()[0]) == 0
    assert (log.held_out, log.epochs) == ([], [])
