"""A setting that is changed while a run is on acts on it and says so, or says that it does not: a
law over all settings of a document.
"""

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from explorer.graph.document import Training
from explorer.graph.edits import set_params, set_training
from explorer.protocol.commands import SetDropout, SetEpochs, Train
from explorer.protocol.events import Ready, SettingChanged, Started, Status
from explorer.records.folder import VARIABLE
from explorer.ui.window.assembly import main_window

NAMES = [parameter.name for parameter in Training.parameters()]
ACTING = {"rate": "SetRate", "weight_decay": "SetWeightDecay", "accumulate": "SetAccumulate"}
ACTING |= {"epochs": "SetEpochs"}
PER_EPOCH = 10


def another(name, training):
    """A value that the setting does not have."""
    known = {parameter.name: parameter for parameter in Training.parameters()}[name]
    value = training.values()[name]
    if known.type == "bool":
        return not value
    if known.type == "choice":
        return next(each for each in known.choices if each != value)
    return value + 1 if known.type == "int" else value / 2 + 0.01


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    """The real window with a run of three epochs that goes on; the test is the engine."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "runs"))
    sent = []
    window = main_window(sent.append, list, lambda: None)
    window.sent = sent
    window.files.open_example("mlp")
    edit(window, epochs=3)
    window.show()
    hand(window, Ready(0, "cpu", "CPU", "2"))
    window.runner.train()
    assert isinstance(sent[-1], Train)
    hand(window, Started(1, PER_EPOCH, 3 * PER_EPOCH, 1, "CPU", rate=0.001), Status(1, "running"))
    del sent[:]
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


def hand(window, *events):
    for event in events:
        window.pump.hand(event)


def edit(window, **changes):
    window.store.edit("Set", lambda d: set_training(d, changes))


def hint(window, name, page="document_page"):
    page = getattr(window.inspector, page)
    label = page.findChild(QLabel, f"acts_{name}")
    return "" if label.isHidden() else label.text()


def state(window):
    return window.status.findChild(QWidget, "statusState").text()


def acted(window):
    return {type(command).__name__ for command in window.sent}


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_acts_now_or_says_that_it_does_not(window, name):
    training = window.store.document.training
    assert hint(window, name) == ("now" if name in ACTING else "next run")
    edit(window, **{name: another(name, training)})
    if name in ACTING:
        assert ACTING[name] in acted(window)
        assert hint(window, name) == "now"
        assert "changed since" not in state(window)
    else:
        assert acted(window) <= {"Watch"}
        assert hint(window, name).startswith("next run (now ")
        words = "changed since run 1" if name == "seed" else "settings changed since run 1"
        assert words in state(window)
    window.store.undo()
    if name != "epochs":  # a run is not made shorter
        assert "changed since" not in state(window)


def test_what_the_fields_say_makes_the_inspector_no_wider(window):
    page = window.inspector.document_page
    edit(window, optimiser="sgd", precision="bfloat16")
    for section, _ in page.sections.values():
        section.unfold()
    assert page.minimumSizeHint().width() <= window.inspector.minimumWidth() + 20


def test_without_a_run_no_field_says_anything(window):
    edit(window, batch=128)
    hand(window, Status(1, "stopped", 5))
    assert {hint(window, name) for name in NAMES} == {""}
    assert "settings changed since run 1" in state(window)
    window.runner.train()
    assert "changed since" not in state(window)


def test_epochs_lengthen_a_run_and_never_end_it_while_a_number_is_typed(window):
    for value in (1, 12):
        edit(window, epochs=value)
    assert [c for c in window.sent if isinstance(c, SetEpochs)] == [SetEpochs(12)]
    hand(window, SettingChanged(1, 5, "epochs", 12))
    edit(window, epochs=8)
    assert hint(window, "epochs") == "next run (now 12)"
    assert [c for c in window.sent if isinstance(c, SetEpochs)] == [SetEpochs(12)]


def test_a_run_that_was_made_longer_in_the_runs_panel_is_not_shortened(window):
    window.runner.more(4)
    hand(window, SettingChanged(1, 5, "epochs", 7))
    edit(window, epochs=5)
    assert SetEpochs not in map(type, window.sent)


def test_fields_of_a_block_say_the_same(window):
    assert window.store.document.nodes["dropout1"].block.p != 0.3
    window.selection.set(("dropout1",))
    assert hint(window, "p", "node_page") == "now"
    window.store.edit("Set", lambda d: set_params(d, "dropout1", {"p": 0.3}))
    assert SetDropout("dropout1", 0.3) in window.sent
    window.selection.set(("fc1",))
    assert hint(window, "out_features", "node_page") == "next run"
    hand(window, Status(1, "finished", 30))
    assert hint(window, "out_features", "node_page") == ""


def test_the_dataset_acts_with_the_next_run(window):
    chooser = window.toolbar.datasets
    assert "next run" in chooser.toolTip()
    window.toolbar.use_dataset("fashion-mnist")
    assert "changed since run 1" in state(window)
    hand(window, Status(1, "finished", 30))
    assert "next run" not in chooser.toolTip()
