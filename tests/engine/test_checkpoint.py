"""A run put back from a checkpoint goes on bit for bit; damaged files change nothing."""

import json
import random
from itertools import pairwise

import pytest
import torch
from safetensors import safe_open

from explorer.engine.checkpoints import checkpoint_keeper
from explorer.engine.checkpoints.checkpoint import CheckpointError, load_checkpoint
from explorer.engine.run.session import Session, session_of
from explorer.engine.run.train import Beat
from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Failed,
    Losses,
    SettingChanged,
    Started,
    StoppedEarly,
)
from tests.damage import damaged
from tests.engine.making import block, cnn, planned

SETTINGS = {"batch": 256, "epochs": 4, "rate": 0.004, "weight_decay": 0.01}


def recurrent(**training):
    return planned(
        block("rows_to_sequence"),
        block("lstm", num_layers=2, dropout=0.3, hidden_size=12),
        block("last_step"),
        block("linear", out_features=10),
        **training,
    )


def state(session):
    """Everything that has to be equal: weights, optimiser, generators."""
    checkpoint = session.checkpoint_of(session.run)
    return checkpoint.tensors, checkpoint.facts.place.model_dump(
        exclude={"seconds", "epoch_seconds"}
    )


def assert_same(one, other):
    (tensors, place), (others, other_place) = one, other
    assert tensors.keys() == others.keys()
    assert [name for name in tensors if not torch.equal(tensors[name], others[name])] == []
    assert place == other_place


def told(events, kind):
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("make", [cnn, recurrent])
@pytest.mark.parametrize("interrupted_at", [30, 24], ids=["end of epoch", "within"])
def test_a_resumed_run_equals_one_that_was_not_interrupted(
    make, optimiser, interrupted_at, tmp_path
):
    drawn = make(optimiser=optimiser, **{**SETTINGS, "epochs": 3})
    whole, events = Session(drawn, "cpu"), []
    whole.train(on_event=events.append)
    expected = state(whole)
    first = Session(drawn, "cpu")
    first.train(steps=interrupted_at)
    first.save_checkpoint(tmp_path / "run.safetensors")
    del first
    torch.rand(7)
    checkpoint = load_checkpoint(tmp_path / "run.safetensors")
    second, resumed = session_of(checkpoint), []
    assert second.train(on_event=resumed.append, checkpoint=checkpoint)
    assert_same(state(second), expected)
    assert told(resumed, Started)[0].step == interrupted_at
    assert told(resumed, Losses)[0].steps[0] == interrupted_at + 1
    last, expected_last = told(resumed, EpochDone)[-1], told(events, EpochDone)[-1]
    assert last.train_loss == pytest.approx(expected_last.train_loss, rel=1e-6)
    assert (last.epoch, last.test_loss) == (3, expected_last.test_loss)


def test_two_and_two_epochs_are_four(tmp_path):
    """The document says 4 epochs; the program ends after 2, between two checkpoints of its own."""
    whole = Session(cnn(**SETTINGS), "cpu")
    whole.train()
    events = []
    half = Session(cnn(**SETTINGS), "cpu")
    half.train(
        on_event=events.append,
        should_stop=lambda: len(told(events, EpochDone)) == 2,
        folder=tmp_path / "run",
    )
    newest = told(events, Checkpointed)[-1]
    checkpoint = load_checkpoint(newest.path)
    assert (newest.step, newest.epoch) == (31, 2)  # asked to stop after the next step
    rest = session_of(checkpoint)
    rest.train(checkpoint=checkpoint)
    assert_same(state(rest), state(whole))
    assert rest.step == 60


def test_a_run_resumed_during_an_evaluation_makes_it_again(tmp_path):
    drawn = cnn(batch=256, epochs=2)
    whole, events = Session(drawn, "cpu"), []
    whole.train(on_event=events.append)
    first = Session(drawn, "cpu")
    run = first.begin(1, lambda event: None)
    while run.advance() is not Beat.EVALUATION:
        pass
    assert (run.step, run.epochs_done) == (15, 0)
    first.save_checkpoint(tmp_path / "run.safetensors")
    checkpoint = load_checkpoint(tmp_path / "run.safetensors")
    second, resumed = session_of(checkpoint), []
    second.train(on_event=resumed.append, checkpoint=checkpoint)
    for one, other in zip(told(resumed, EpochDone), told(events, EpochDone), strict=True):
        assert (one.epoch, one.test_loss) == (other.epoch, other.test_loss)
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-6)
    assert_same(state(second), state(whole))


def test_changed_settings_are_kept(tmp_path):
    def change(run):
        run.change_rate(0.01)
        run.change_weight_decay(0.3)
        run.change_dropout("dropout", 0.6)

    def steps(run, count):
        for _ in range(count):
            run.advance()

    whole = Session(cnn(**SETTINGS), "cpu")
    run = whole.begin(1, lambda event: None)
    steps(run, 4)
    change(run)
    steps(run, 6)
    events, first = [], Session(cnn(**SETTINGS), "cpu")
    run = first.begin(1, events.append)
    steps(run, 4)
    change(run)
    first.save_checkpoint(tmp_path / "run.safetensors")
    assert [(each.step, each.name, each.value) for each in told(events, SettingChanged)] == [
        (4, "rate", 0.01),
        (4, "weight_decay", 0.3),
        (4, "dropout.dropout", 0.6),
    ]
    checkpoint = load_checkpoint(tmp_path / "run.safetensors")
    second = session_of(checkpoint)
    run = second.resume(checkpoint, 1, lambda event: None)
    steps(run, 6)
    assert whole.run.tell()
    assert run.tell()
    assert_same(state(second), state(whole))
    assert second.network.get_submodule("dropout").p == 0.6


@pytest.mark.parametrize(("node", "p"), [("conv1", 0.5), ("nothing", 0.5), ("dropout", 1.0)])
def test_dropout_only_where_there_is_any(node, p):
    run = Session(cnn(), "cpu").begin(1, lambda event: None)
    with pytest.raises(ValueError, match=r"[dD]ropout"):
        run.change_dropout(node, p)


def test_dropout_of_layers_that_hold_it_inside():
    session = Session(recurrent(), "cpu")
    session.begin(1, lambda event: None).change_dropout("lstm", 0.7)
    assert session.network.get_submodule("lstm").dropout == 0.7


def test_training_on_after_the_end_follows_the_new_length(tmp_path):
    session, events = Session(cnn(**{**SETTINGS, "epochs": 1}), "cpu"), []
    session.train(on_event=events.append)
    assert session.run.advance() is None
    session.run.lengthen(2)
    assert session.run.total_steps == 45
    session.run.step += 1
    assert session.run.present_rate == 0.004  # step 16 of 45: before the last third
    session.run.step -= 1
    while session.run.advance() is not None:
        pass
    assert session.step == 45
    assert told(events, SettingChanged)[-1].value == 3
    assert [each.epoch for each in told(events, EpochDone)] == [1, 2, 3]
    session.save_checkpoint(tmp_path / "run.safetensors")
    checkpoint = load_checkpoint(tmp_path / "run.safetensors")
    again = session_of(checkpoint)
    again.train(checkpoint=checkpoint, epochs=4)
    assert again.step == 60


def test_patience_ends_the_run(monkeypatch):
    session, events = Session(cnn(**{**SETTINGS, "epochs": 50}, patience=2), "cpu"), []
    run = session.begin(1, events.append)
    run.change_rate(0.0)
    run.best.loss = 0.0  # nothing will be better
    while run.advance() is not None:
        pass
    assert [each.epoch for each in told(events, EpochDone)] == [1, 2]
    run.lengthen(1)
    assert run.advance() is Beat.STEP


IMPATIENT = {**SETTINGS, "epochs": 60, "patience": 2, "rate": 0.03}


def test_an_early_end_puts_the_best_weights_back(tmp_path):
    session, events = Session(cnn(**IMPATIENT), "cpu"), []
    session.train(on_event=events.append, folder=tmp_path)
    (early,) = told(events, StoppedEarly)
    epochs = told(events, EpochDone)
    assert len(epochs) < 60
    assert early.best_epoch == epochs[-1].epoch - 2
    best = epochs[early.best_epoch - 1]
    assert best.test_loss == early.best_loss == min(each.test_loss for each in epochs)
    assert session.evaluate() == pytest.approx((best.test_loss, best.test_accuracy), rel=1e-5)
    assert f"The weights of epoch {early.best_epoch} (test loss" in early.told
    checkpoint = load_checkpoint(told(events, Checkpointed)[-1].path)
    again = session_of(checkpoint)
    again.resume(checkpoint, 2, lambda event: None)
    assert_same(state(again), state(session))
    random_state = torch.get_rng_state()
    for each in (session, again):
        torch.set_rng_state(random_state)
        each.run.lengthen(1)
        while each.run.advance() is not None:
            pass
    assert_same(state(again), state(session))


def test_an_early_end_after_an_interruption_is_the_same(tmp_path):
    """The best epoch may lie before the checkpoint that the run is resumed from."""
    whole, events = Session(cnn(**IMPATIENT), "cpu"), []
    whole.train(on_event=events.append)
    (early,) = told(events, StoppedEarly)
    half = Session(cnn(**IMPATIENT), "cpu")
    half.train(steps=early.best_epoch * 15 + 5)
    half.save_checkpoint(tmp_path / "run.safetensors")
    checkpoint, resumed = load_checkpoint(tmp_path / "run.safetensors"), []
    rest = session_of(checkpoint)
    rest.train(on_event=resumed.append, checkpoint=checkpoint)
    assert [each.best_epoch for each in told(resumed, StoppedEarly)] == [early.best_epoch]
    assert_same(state(rest), state(whole))


def test_a_batch_in_pieces_is_the_same_step():
    def trained(**more):
        drawn = planned(
            block("flatten"), block("linear", out_features=10), batch=100, epochs=1, **more
        )
        session, events = Session(drawn, "cpu"), []
        session.train(on_event=events.append)
        return session.network.state_dict(), told(events, EpochDone)[0]

    (plain, one), (pieces, other) = trained(), trained(accumulate=7)
    torch.testing.assert_close(plain, pieces, atol=1e-5, rtol=1e-4)
    assert other.train_loss == pytest.approx(one.train_loss, rel=1e-4)
    assert other.train_accuracy == pytest.approx(one.train_accuracy, abs=0.001)


# --- the files


def test_the_first_comes_after_seconds_the_next_ones_each_minute(tmp_path, monkeypatch):
    """So a run that is killed early has something to go on from."""
    now = 0.0
    monkeypatch.setattr(checkpoint_keeper.time, "perf_counter", lambda: now)
    session = Session(cnn(**SETTINGS), "cpu")
    run = session.begin(1, lambda event: None, tmp_path / "run")
    written = []
    for second in range(130):
        now = float(second)
        if run.keeper.due(epoch_over=False):
            run.keeper.keep((second,))
            written.append(second)
    assert written[0] <= 5
    assert [after - before for before, after in pairwise(written)] == [61, 61]
    assert run.keeper.newest.is_file()
    again = checkpoint_keeper.Keeper(tmp_path / "run", 1, run.keeper._take, lambda event: None)
    now += 30
    assert not again.due(epoch_over=False)


def test_checkpoints_come_after_epochs_and_old_ones_go(tmp_path):
    events, folder = [], tmp_path / "run"
    session = Session(cnn(**SETTINGS), "cpu")
    run = session.begin(1, events.append, folder)
    run.keeper._cost_s = 0.0
    while run.advance() is not None:
        run.keeper._cost_s = 0.0  # however slow the disk is
    saved = told(events, Checkpointed)
    assert [each.epoch for each in saved] == [1, 2, 3, 4]
    assert sorted(path.name for path in folder.iterdir()) == [
        "step-00000045.safetensors",
        "step-00000060.safetensors",
    ]
    assert [path.name for each in saved for path in each.removed] == [
        "step-00000015.safetensors",
        "step-00000030.safetensors",
    ]
    assert saved[-1].size == saved[-1].path.stat().st_size


def test_a_folder_that_takes_nothing_is_told_once_and_training_goes_on(tmp_path):
    (tmp_path / "file").write_text("")
    events = []
    session = Session(cnn(**SETTINGS), "cpu")
    session.train(on_event=events.append, folder=tmp_path / "file" / "run")
    (failed,) = told(events, Failed)
    assert failed.doing == "saving a checkpoint"
    assert "Training goes on" in failed.message
    assert session.step == 60


@pytest.fixture
def saved(tmp_path):
    session = Session(cnn(), "cpu")
    session.train(steps=3)
    session.save_checkpoint(tmp_path / "run.safetensors")
    return tmp_path / "run.safetensors"


def test_nothing_but_tensors_and_text_is_in_the_file(saved):
    with safe_open(saved, "pt") as file:
        assert file.metadata()["format"] == "architecture-explorer-checkpoint"
        assert json.loads(file.metadata()["facts"])["place"]["step"] == 3
        assert file.get_tensor("random.torch").dtype == torch.uint8
    assert [path.name for path in saved.parent.iterdir()] == ["run.safetensors"]


def test_a_checkpoint_of_another_network_is_refused(saved):
    checkpoint = load_checkpoint(saved)
    other = planned(block("flatten"), block("linear", out_features=10))
    with pytest.raises(CheckpointError, match="belongs to another network: only the checkpoint"):
        session_of(checkpoint, other)
    assert session_of(checkpoint, cnn(epochs=9))
    running = Session(other, "cpu")
    run = running.begin(1, lambda event: None)
    before = torch.get_rng_state()
    with pytest.raises(CheckpointError, match="belong to another network"):
        running.resume(checkpoint, 2, lambda event: None)
    assert running.run is run
    assert torch.equal(torch.get_rng_state(), before)


def test_other_samples_are_refused(saved, monkeypatch):
    monkeypatch.setattr("explorer.engine.run.resume.checksum", lambda dataset: "other")
    checkpoint = load_checkpoint(saved)
    with pytest.raises(CheckpointError, match="trained on other samples of Small digits"):
        session_of(checkpoint).resume(checkpoint, 1, lambda event: None)


def test_weights_alone_are_no_checkpoint(tmp_path):
    Session(cnn(), "cpu").save(tmp_path / "weights.safetensors")
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        load_checkpoint(tmp_path / "weights.safetensors")
    with pytest.raises(CheckpointError, match="There is no file"):
        load_checkpoint(tmp_path / "nothing.safetensors")


def refused(saved, count: int) -> int:
    content, draw, refusals = saved.read_bytes(), random.Random(7), 0
    for _ in range(count):
        spoiled = damaged(content, draw)
        saved.write_bytes(spoiled)
        if spoiled != content:
            with pytest.raises(CheckpointError, match=r"^.{10,1000}$"):
                load_checkpoint(saved)
            refusals += 1
    return refusals


def test_damaged_checkpoints_are_refused(saved):
    assert refused(saved, 1_000) > 990


@pytest.mark.soak
def test_many_damaged_checkpoints_are_refused(saved):
    assert refused(saved, 10_000) > 9_900


def test_sealed_nonsense_is_refused(saved):
    """Well-formed files whose checksum is right, but whose numbers make no sense."""
    from explorer.engine.checkpoints.checkpoint import write

    good = load_checkpoint(saved)
    place = good.facts.place
    spoiled = [
        {"facts": good.facts.model_copy(update={"place": place.model_copy(update=change)})}
        for change in (
            {"step": 9_000},
            {"epochs_done": 2},
            {"dropouts": {"conv1": 0.5}},
            {"epochs": 20_000},
        )
    ]
    for name, tensor in {
        "random.order": torch.zeros(5056, dtype=torch.uint8),
        "random.torch": torch.zeros(3, dtype=torch.uint8),
        "optimiser.conv1.weight.exp_avg": torch.zeros(2, 2),
        "optimiser.nobody.exp_avg": torch.zeros(()),
        "network.conv1.weight": torch.full((8, 1, 3, 3), float("nan")),
    }.items():
        spoiled.append({"tensors": {**good.tensors, name: tensor}})
    session = Session(cnn(), "cpu")
    for change in spoiled:
        parts = {"document": good.document, "facts": good.facts, "tensors": good.tensors}
        write(saved, type(good)(**{**parts, **change}))
        with pytest.raises(ValueError, match=r"\w"):
            session.resume(load_checkpoint(saved), 1, lambda event: None)
        assert session.run is None
