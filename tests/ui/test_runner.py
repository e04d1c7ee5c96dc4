"""What the training controls send in each state."""

import pytest

from explorer.graph.edits import move, remove_nodes, set_dataset, set_params, set_training
from explorer.plan.documents import examples, read
from explorer.protocol.commands import (
    Pause,
    Prepare,
    Resume,
    Rewind,
    SetDropout,
    SetRate,
    SetWeightDecay,
    StepOnce,
    Stop,
    Train,
)
from explorer.protocol.events import Ready, Status
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store


@pytest.fixture
def sent():
    return []


@pytest.fixture
def store(qtbot):
    return Store(read(examples()["tutorial-cnn"]).document)


@pytest.fixture
def runner(store, sent):
    runner = Runner(store, sent.append)
    runner.take(Ready(0, "cpu", "CPU", "2"))
    return runner


def kinds(sent):
    return [type(command) for command in sent]


def settle(qtbot):
    qtbot.wait(250)


def test_train_pause_and_resume(runner, sent):
    runner.toggle()
    assert kinds(sent) == [Train]
    assert (sent[0].run, sent[0].paused) == (1, False)
    runner.take(Status(1, "running"))
    runner.toggle()
    runner.take(Status(1, "paused"))
    runner.toggle()
    assert kinds(sent) == [Train, Pause, Resume]


def test_a_step_without_a_run_begins_one_and_holds_it(runner, sent):
    runner.step()
    assert kinds(sent) == [Train, StepOnce]
    assert sent[0].paused


def test_a_drawing_that_cannot_be_trained_says_why(runner, store, sent, qtbot):
    store.edit("Delete", lambda d: remove_nodes(d, ["flatten"]))
    with qtbot.waitSignal(runner.refused) as refused:
        runner.train()
    assert "fc1" in refused.args[0]
    assert sent == []


def test_edits_prepare_the_untrained_network_and_moves_do_not(runner, store, sent, qtbot):
    store.edit("Set", lambda d: set_params(d, "conv1", {"bias": False}))
    settle(qtbot)
    assert kinds(sent) == [Prepare]
    runner.take(Status(0, "untrained"))
    store.edit("Move", lambda d: move(d, {"conv1": (5.0, 5.0)}))
    settle(qtbot)
    assert kinds(sent) == [Prepare]


def test_edits_while_a_run_exists_leave_it_alone_and_are_told(runner, store, sent, qtbot):
    runner.train()
    runner.take(Status(1, "running"))
    assert not runner.changed_since()
    store.edit("Set", lambda d: set_params(d, "conv1", {"bias": False}))
    settle(qtbot)
    runner.take(Status(1, "finished"))
    store.edit("Set", lambda d: set_params(d, "conv2", {"bias": False}))
    settle(qtbot)
    assert kinds(sent) == [Train]
    assert runner.changed_since()
    store.undo()
    store.undo()
    assert not runner.changed_since()


def test_another_dataset_needs_another_network(runner, store, sent, qtbot):
    runner.train()
    runner.take(Status(1, "finished"))
    store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))
    settle(qtbot)
    assert kinds(sent) == [Train, Prepare]


def test_the_rate_reaches_a_run_that_goes_on(runner, store, sent):
    store.changed.connect(lambda before, after, plan: runner.follow(before, after))
    store.edit("Rate", lambda d: set_training(d, {"rate": 0.5}))
    assert sent == []
    runner.train()
    runner.take(Status(1, "running"))
    store.edit("Rate", lambda d: set_training(d, {"rate": 0.01}))
    assert sent[-1] == SetRate(0.01)
    store.edit("Decay", lambda d: set_training(d, {"weight_decay": 0.1}))
    assert sent[-1] == SetWeightDecay(0.1)
    assert not runner.changed_since()


def test_dropout_reaches_a_run_that_goes_on_and_is_no_other_network(qtbot, sent):
    store = Store(read(examples()["mlp"]).document)
    node = next(name for name, node in store.document.nodes.items() if node.block.kind == "dropout")
    first = store.document.nodes[node].block.p
    runner = Runner(store, sent.append)
    store.changed.connect(lambda before, after, plan: runner.follow(before, after))
    runner.train()
    runner.take(Status(1, "running"))
    store.edit("Dropout", lambda d: set_params(d, node, {"p": 0.3}))
    assert sent[-1] == SetDropout(node, 0.3)
    assert not runner.changed_since()
    store.undo()
    assert sent[-1] == SetDropout(node, first)
    assert not runner.changed_since()


def test_a_run_that_has_ended_is_not_rewound_but_begun_again(runner, store, sent):
    runner.train()
    runner.take(Status(1, "running"))
    runner.rewind()
    assert sent[-1] == Rewind()
    runner.take(Status(1, "finished"))
    store.edit("Rate", lambda d: set_training(d, {"rate": 0.01}))
    runner.rewind()
    assert isinstance(sent[-1], Train)
    assert (sent[-1].run, sent[-1].paused) == (2, True)
    assert sent[-1].plan.document.training.rate == 0.01


def test_what_comes_next_waits_for_the_end_of_the_present_run(runner, sent):
    done = []
    runner.once_ended(lambda: done.append("at once"))
    runner.train()
    runner.take(Status(1, "running"))
    runner.once_ended(lambda: done.append("then"))
    assert done == ["at once"]
    assert sent[-1] == Stop()
    runner.take(Status(1, "stopped"))
    assert done == ["at once", "then"]


def test_another_document_ends_the_run(runner, store, sent):
    runner.train()
    runner.take(Status(1, "running"))
    store.open(read(examples()["tutorial-lstm"]).document)
    assert kinds(sent) == [Train, Stop, Prepare]


def test_the_same_network_opened_again_keeps_the_run(runner, store, sent):
    runner.train()
    moved = move(store.document, {"conv1": (5.0, 5.0)})
    store.open(moved)  # a copy that was kept, while the run is about to begin
    runner.take(Status(1, "running"))
    store.open(moved)
    assert kinds(sent) == [Train]
    store.open(read(examples()["tutorial-lstm"]).document)
    assert kinds(sent) == [Train, Stop, Prepare]
