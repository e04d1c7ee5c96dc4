"""Undo, redo and opening bring the weights with the drawing; a run that another document ends is
kept, said, and one press away.
"""

import random

import pytest

from explorer.graph.edits import set_dataset, set_params
from explorer.plan.documents import examples, read
from explorer.protocol.commands import Prepare, ResumeRun, Stop
from explorer.protocol.events import Checkpointed, Started, Status
from explorer.ui.session.untrained import SETTLE_MS
from tests.ui.panels.rig import RunsRig

STEPS = 10  # an epoch


@pytest.fixture
def rig(qtbot, table, tmp_path):
    rig = RunsRig(qtbot, table, tmp_path)
    yield rig
    rig.recording.close([])


def train(rig, number):
    """A run of the drawing, to its end, with a checkpoint."""
    rig.runner.train()
    assert rig.sent[-1].run == number
    path = rig.folder / f"weights-{number}.safetensors"
    path.write_bytes(b"weights")
    rig.tell(
        Started(number, STEPS, 30, 1, "CPU"),
        Status(number, "running"),
        Checkpointed(number, 30, 3, path, "cd" * 32, 100),
        Status(number, "finished", 30),
    )
    return path


def brought(rig):
    """The files that were asked to be read, in order."""
    return [command.path for command in rig.sent if isinstance(command, ResumeRun)]


def test_undo_and_redo_bring_the_weights_with_the_drawing(rig, qtbot):
    one = train(rig, 1)
    rig.store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))
    rig.until(lambda: isinstance(rig.sent[-1], Prepare))
    rig.tell(Status(0, "untrained"))
    assert rig.runner.run == 0
    rig.store.undo()
    rig.until(lambda: brought(rig) == [one])
    rig.tell(Started(1, STEPS, 30, 1, "CPU", 30), Status(1, "stopped", 30))
    assert rig.runner.run == 1
    assert not rig.runner.changed_since()
    rig.store.edit("Set", lambda d: set_params(d, "conv1", {"bias": False}))
    two = train(rig, 2)
    rig.store.undo()
    rig.until(lambda: brought(rig) == [one, one])
    rig.tell(Started(1, STEPS, 30, 1, "CPU", 30), Status(1, "stopped", 30))
    rig.store.redo()
    rig.until(lambda: brought(rig) == [one, one, two])
    qtbot.wait(300)
    assert brought(rig) == [one, one, two]  # once each
    assert sum(isinstance(command, Prepare) for command in rig.sent) == 1


def test_what_was_recorded_of_a_run_stays_when_its_weights_come_back(rig):
    train(rig, 1)
    rig.settle()
    records = []
    rig.recording.ask(lambda store: store.run(1), records.append)
    rig.store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))
    rig.until(lambda: isinstance(rig.sent[-1], Prepare))
    rig.store.undo()
    rig.until(lambda: brought(rig) != [])
    rig.tell(Started(1, STEPS, 30, 1, "CPU", 30), Status(1, "finished", 30))
    rig.settle()
    rig.recording.ask(lambda store: store.run(1), records.append)
    rig.until(lambda: len(records) == 2)
    assert records[0].state == "finished"
    assert records[0] == records[1]


def test_weights_that_are_gone_give_way_to_the_untrained_network(rig):
    train(rig, 1).unlink()
    rig.store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))
    rig.until(lambda: isinstance(rig.sent[-1], Prepare))
    rig.store.undo()
    rig.until(lambda: sum(isinstance(command, Prepare) for command in rig.sent) == 2)
    assert brought(rig) == []


def test_a_drawing_that_is_opened_again_has_its_weights_again(rig):
    drawn, path = rig.store.document, train(rig, 1)
    rig.store.open(read(examples()["tutorial-lstm"]).document)
    rig.store.open(drawn)
    rig.until(lambda: brought(rig) == [path])


# --- another document while a run goes on


def test_a_run_that_another_document_ends_is_said_and_comes_back_at_one_press(rig):
    drawn = rig.store.document
    rig.runner.train()
    path = rig.folder / "weights.safetensors"
    path.write_bytes(b"weights")
    rig.tell(Started(1, STEPS, 30, 1, "CPU"), Status(1, "running"))
    rig.store.open(read(examples()["tutorial-lstm"]).document)
    assert [type(command) for command in rig.sent[-2:]] == [Stop, Prepare]
    rig.tell(
        Checkpointed(1, 12, 1, path, "cd" * 32, 100),
        Status(1, "stopped", 12),
        Status(0, "untrained"),
    )
    rig.until(lambda: "ended run 1 at step 12" in rig.bar.text)
    rig.answer("Back to run 1")
    rig.until(lambda: brought(rig) == [path])
    asked = next(command for command in rig.sent if isinstance(command, ResumeRun))
    assert (asked.run, asked.paused) == (2, False)
    assert rig.store.document.nodes == drawn.nodes


def test_a_run_that_was_stopped_by_hand_is_not_offered(rig):
    rig.runner.train()
    rig.tell(Started(1, STEPS, 30, 1, "CPU"), Status(1, "running"), Status(1, "stopped", 3))
    rig.store.open(read(examples()["tutorial-lstm"]).document)
    rig.settle()
    assert "ended" not in rig.bar.text


# --- what takes the place of a trained network


def to_fashion(rig):
    rig.store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))


REPLACES = {
    "train": lambda rig: rig.runner.train(),
    "space": lambda rig: rig.runner.toggle(),
    "step": lambda rig: rig.runner.step(),
    "rewind": lambda rig: rig.runner.rewind(),
    "an example": lambda rig: rig.store.open(read(examples()["tutorial-lstm"]).document),
    "another dataset": to_fashion,
    "weights": lambda rig: rig.runner.weights_loaded(rig.store.document),
}


@pytest.mark.parametrize("way", REPLACES)
def test_whatever_replaces_a_trained_network_says_so_and_how_it_comes_back(rig, way):
    drawn, path = rig.store.document, train(rig, 1)
    REPLACES[way](rig)
    rig.until(lambda: "Run 1 is kept" in rig.bar.text)
    rig.answer("Bring it back")
    rig.until(lambda: brought(rig) == [path])
    assert rig.store.document.nodes == drawn.nodes
    assert rig.store.document.dataset == drawn.dataset
    assert rig.runner.run == 1


@pytest.mark.parametrize("way", ["train", "step", "rewind"])
def test_weights_of_a_file_that_make_way_come_back_at_one_press(rig, way):
    loads = []
    rig.runner.weights_loaded(rig.store.document, lambda: loads.append(True))
    rig.tell(Status(0, "loaded", 9))
    REPLACES[way](rig)
    rig.answer("Load them")
    assert loads == [True]


def test_nothing_is_said_where_nothing_trained_is_lost(rig):
    rig.runner.train()
    rig.tell(Started(1, STEPS, 30, 1, "CPU"), Status(1, "running"), Status(1, "paused", 4))
    rig.runner.train()
    rig.settle()
    assert "kept" not in rig.bar.text


# --- a drawing that was changed since its run


def test_a_changed_drawing_has_its_run_again_after_another_dataset(rig):
    path = train(rig, 1)
    trained = rig.store.document
    rig.store.edit("Set", lambda d: set_params(d, "conv1", {"bias": False}))
    to_fashion(rig)
    rig.until(lambda: isinstance(rig.sent[-1], Prepare))
    rig.tell(Status(0, "untrained"))
    rig.store.undo()
    rig.until(lambda: brought(rig) == [path])
    asked = next(command for command in rig.sent if isinstance(command, ResumeRun))
    assert asked.plan.document.nodes == trained.nodes  # what its weights are for
    rig.tell(Started(1, STEPS, 30, 1, "CPU", 30), Status(1, "stopped", 30))
    assert (rig.runner.run, rig.runner.changed_since()) == (1, True)


@pytest.mark.parametrize("seed", range(5))
def test_what_had_the_weights_of_a_run_has_them_again_whatever_way_leads_to_it(rig, qtbot, seed):
    """A law over random ways through the history: a step that once had a run's network has it."""
    draw = random.Random(seed)
    path = train(rig, 1)
    for _ in range(6):
        if draw.random() < 0.4:
            name = "fashion-mnist" if rig.store.document.dataset == "mnist" else "mnist"
            rig.store.edit("Dataset", lambda d, name=name: set_dataset(d, name))
        else:
            rig.store.edit("Set", other_bias)
        answer(rig, qtbot, path)
    steps, seen = len(rig.store.history.entries), {}
    for place in [*range(steps), *(draw.randrange(steps) for _ in range(8))]:
        rig.store.jump(place)
        answer(rig, qtbot, path)
        shown = (rig.runner.run, rig.runner.changed_since())
        if shown[0] or place in seen:
            assert seen.setdefault(place, shown) == shown
    assert seen[0] == (1, False)


def other_bias(document):
    """Another network."""
    bias = document.nodes["conv1"].block.values()["bias"]
    return set_params(document, "conv1", {"bias": not bias})


def answer(rig, qtbot, path):
    """As the engine does, to what was sent once the drawing has settled."""
    before = len(rig.sent)
    qtbot.wait(SETTLE_MS + 60)
    rig.settle()
    for command in rig.sent[before:]:
        if isinstance(command, Prepare):
            rig.tell(Status(0, "untrained"))
        elif isinstance(command, ResumeRun):
            rig.tell(Started(1, STEPS, 30, 1, "CPU", 30), Status(1, "stopped", 30))
