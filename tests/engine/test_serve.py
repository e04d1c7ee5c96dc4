"""The loop: states, answers while it trains, faults that it survives, leaving at once."""

import sys
import threading
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer.engine.commands import serve as serve_module
from explorer.engine.commands import thread as thread_module
from explorer.engine.commands.looking import Looking
from explorer.engine.commands.thread import EngineThread
from explorer.engine.run import session as session_module
from explorer.engine.step import descent
from explorer.protocol import commands as do
from explorer.protocol.events import (
    Activation,
    Checkpointed,
    Cure,
    EpochDone,
    Failed,
    Losses,
    Prediction,
    Progress,
    Ready,
    Started,
    Status,
    Thumbnails,
    Watched,
    WeightsSaved,
)
from explorer.protocol.mailbox import CommandBox, EventBox
from tests.engine.making import Talk, block, cnn, planned

PICTURE = np.full((1, 8, 8), 7, np.uint8)
EPOCHS = {"epochs": 10_000}
LONG = {**EPOCHS, "batch": 32}


def test_it_says_what_it_computes_on(talk):
    ready = talk.hear(Ready)
    assert (ready.run, ready.device) == (0, "cpu")
    assert ready.device_name == "CPU, 1 thread"
    assert ready.torch_version


def test_a_run_from_start_to_end(talk):
    talk.do(do.Prepare(cnn()), do.Train(4, cnn(epochs=1)))
    assert talk.hear(Status) == Status(0, "untrained", 0)
    assert talk.hear(Started).run == 4
    assert talk.hear(Status) == Status(4, "running", 0)
    assert talk.hear(EpochDone).step == 60
    progress = talk.until(lambda e: isinstance(e, Progress) and e.step == e.total_steps)
    assert progress.total_steps == 60
    assert talk.hear(Status) == Status(4, "finished", 60)


def test_pause_step_resume_stop(talk):
    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    talk.do(do.Pause())
    paused = talk.hear(Status, state="paused")
    assert paused.step > 0
    talk.do(do.StepOnce())
    losses = talk.hear(Losses)
    assert losses.steps[-1] == paused.step + 1
    assert talk.hear(Status) == Status(1, "paused", paused.step + 1)
    talk.do(do.Resume())
    talk.hear(Status, state="running")
    talk.hear(Losses)
    talk.do(do.Stop())
    stopped = talk.hear(Status, state="stopped")
    talk.do(do.Predict(1, PICTURE), do.Resume())
    assert talk.hear(Prediction).step == stopped.step
    assert talk.hear(Status) == stopped


def test_a_run_can_begin_held(talk):
    talk.do(do.Train(1, cnn(), paused=True), do.StepOnce(), do.StepOnce())
    assert talk.hear(Status) == Status(1, "paused", 0)
    assert talk.hear(Status) == Status(1, "paused", 1)
    assert talk.hear(Status) == Status(1, "paused", 2)


def test_stepping_over_the_end_of_an_epoch(talk):
    talk.do(do.Train(1, cnn(epochs=2, batch=2000), paused=True), *[do.StepOnce()] * 5)
    for step in (0, 1, 2, 3, 4):
        assert talk.hear(Status) == Status(1, "paused", step)
    assert talk.hear(EpochDone, epoch=2).step == 4
    assert talk.hear(Status) == Status(1, "finished", 4)


def stepped(talk):
    """The losses of one more step of a held run."""
    talk.do(do.StepOnce())
    return talk.hear(Losses).losses.tolist()


def test_rewind_brings_the_very_same_weights_and_losses(talk, tmp_path):
    files = [tmp_path / f"{name}.safetensors" for name in ("first", "again")]
    talk.do(do.Train(1, cnn(**LONG), paused=True), do.SaveWeights(files[0]))
    first = [stepped(talk) for _ in range(3)]
    talk.do(do.SetRate(0.5), do.StepOnce(), do.StepOnce(), do.Rewind())
    assert talk.hear(Started).run == 1
    assert talk.hear(Progress).rate == 0.5
    assert talk.hear(Status) == Status(1, "paused", 0)
    talk.do(do.SetRate(0.001), do.SaveWeights(files[1]))
    again = [stepped(talk) for _ in range(3)]
    assert np.array_equal(first, again)
    initial, rewound = (load_file(file) for file in files)
    assert all(torch.equal(initial[name], rewound[name]) for name in initial)


def test_rewind_while_it_runs_and_before_any_run(talk):
    talk.do(do.Prepare(cnn()), do.Rewind(), do.Train(1, cnn(**LONG)))
    assert talk.hear(Status) == Status(0, "untrained", 0)
    assert talk.hear(Status) == Status(0, "untrained", 0)
    talk.hear(Losses)
    talk.do(do.Rewind())
    assert talk.hear(Status, state="paused").step == 0


def test_another_run_takes_over(talk):
    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses, run=1)
    talk.do(do.Train(2, cnn(**LONG)))
    assert talk.hear(Started, run=2)
    assert talk.hear(Losses, run=2).steps[0] == 1


def test_predictions_while_it_trains(talk):
    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    waits = []
    for request in range(60):
        asked = time.perf_counter()
        talk.do(do.Predict(request, PICTURE))
        answer = talk.hear(Prediction, request=request)
        waits.append(time.perf_counter() - asked)
        assert answer.probabilities.shape == (10,)
        assert answer.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert np.median(waits) < 0.1
    talk.do(do.Stop())
    assert talk.hear(Status, state="stopped").step > 60 / 10


def test_predictions_do_not_change_the_training(talk):
    def losses(meanwhile):
        talk.do(do.Train(1, cnn(**LONG), paused=True))
        talk.hear(Status, state="paused")
        found = []
        for _ in range(5):
            talk.do(*meanwhile)
            found += stepped(talk)
        return found

    nodes = frozenset(cnn().document.nodes)
    busy = [do.Predict(0, PICTURE), do.Watch(nodes, True, 3)]
    assert losses([]) == losses(busy)


def test_the_rate_can_be_changed_while_it_runs(talk):
    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    talk.do(do.SetRate(0.0125))
    assert talk.hear(Progress, rate=0.0125)


def test_what_is_watched_is_sent_at_rest_and_while_it_runs(talk):
    talk.do(do.Watch(frozenset({"conv1"}), True, 2), do.Prepare(cnn()))
    assert talk.hear(Watched).run == 0
    talk.do(do.Watch(frozenset({"relu"}), False, PICTURE))
    watched = talk.hear(Watched, label=None)
    assert np.array_equal(watched.picture, PICTURE)
    assert talk.hear(Activation).node == "relu"
    talk.do(do.Watch(frozenset(), True), do.Train(1, cnn(**LONG)))
    steps = []
    while len(steps) < 4:
        steps.append(talk.hear(Thumbnails, run=1).step)
    assert steps == sorted(steps)
    assert steps[-1] > steps[1]


def test_a_watched_picture_of_another_dataset_does_no_harm(talk):
    talk.do(do.Watch(frozenset(), True, np.zeros((1, 28, 28), np.uint8)), do.Prepare(cnn()))
    assert talk.hear(Watched).label is not None


def test_weights_go_out_and_come_back(talk, tmp_path):
    file = tmp_path / "weights.safetensors"
    talk.do(do.Train(1, cnn(**LONG), paused=True), do.StepOnce(), do.SaveWeights(file))
    assert talk.hear(WeightsSaved).path == file
    talk.do(do.Predict(1, PICTURE))
    trained = talk.hear(Prediction, request=1)
    talk.do(do.LoadWeights(cnn(seed=5), file), do.Predict(2, PICTURE))
    assert talk.hear(Status) == Status(0, "loaded", 1)
    assert np.array_equal(talk.hear(Prediction, request=2).probabilities, trained.probabilities)


def test_failing_commands_leave_everything_as_it_was(talk, tmp_path):
    talk.do(do.Predict(3, PICTURE))
    failed = talk.failed()
    assert (failed.doing, failed.request) == ("prediction", 3)
    assert "no network yet" in failed.message
    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    talk.do(do.Predict(4, np.zeros((3, 2, 2), np.uint8)))
    assert "The picture is 3 x 2 x 2" in talk.failed().message
    talk.do(do.LoadWeights(cnn(), tmp_path / "nowhere"))
    failed = talk.failed()
    assert failed.doing == "loading weights"
    assert "nowhere" in failed.message
    assert "Traceback" in failed.details
    talk.do(do.SaveWeights(tmp_path / "no" / "such" / "folder"))
    assert talk.failed().doing == "saving weights"
    talk.do(do.Train(2, planned_with_a_gap()))
    failed = talk.failed()
    assert (failed.doing, "can't be built yet" in failed.message) == ("training", True)
    talk.do(do.Pause())
    assert talk.hear(Status, state="paused").run == 1


def planned_with_a_gap():
    drawn = cnn()
    return type(drawn)(document=drawn.document, dataset=drawn.dataset)


def test_a_loss_that_is_no_number_holds_the_run(talk):
    talk.do(do.Train(1, cnn(optimiser="sgd", **LONG)))
    talk.hear(Losses)
    talk.do(do.SetRate(1e30))
    failed = talk.failed()
    assert failed.doing == "training"
    assert "Set the rate to 1e+29" in failed.message
    held = talk.hear(Status, state="paused")
    talk.do(do.Predict(1, PICTURE), do.SetRate(0.001), do.Resume())
    assert np.isfinite(talk.hear(Prediction).probabilities).all()
    assert talk.hear(Losses).steps[0] > held.step - 1


def test_anything_unforeseen_is_told(talk, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(session_module, "probabilities", broken)
    talk.do(do.Prepare(cnn()), do.Predict(9, PICTURE))
    failed = talk.failed()
    assert (failed.doing, failed.request) == ("prediction", 9)
    assert "of all things" in failed.message
    monkeypatch.undo()
    talk.do(do.Predict(10, PICTURE))
    assert talk.hear(Prediction).request == 10


def test_a_view_that_fails_is_told_once(talk, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("of all things")

    talk.do(do.Watch(frozenset({"conv1"}), True), do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    monkeypatch.setattr(session_module, "observe", broken)
    assert talk.failed().doing == "looking inside"
    for _ in range(3):
        assert not isinstance(talk.until(lambda e: isinstance(e, Failed | Losses)), Failed)


def break_once(monkeypatch, owner, name, times=1):
    """The loop fails in a place that is no command's."""
    whole, left = getattr(owner, name), [times]

    def broken(part, *arguments):
        if left[0]:
            left[0] -= 1
            raise ZeroDivisionError("of all things")
        return whole(part, *arguments)

    monkeypatch.setattr(owner, name, broken)


def test_a_fault_of_the_loop_is_told_and_the_engine_begins_anew(talk, tmp_path, monkeypatch):
    talk.do(do.Train(1, cnn(batch=256, **EPOCHS), folder=tmp_path))
    saved = talk.hear(Checkpointed)
    break_once(monkeypatch, Looking, "look_if_due")
    failed = talk.failed()
    assert (failed.run, failed.doing) == (1, "training")
    assert "The engine failed at step" in failed.message
    assert "of all things (ZeroDivisionError). It was started anew" in failed.message
    assert "can be resumed from its checkpoint of step" in failed.message
    assert "look_if_due" in failed.details
    assert failed.cures == (Cure("Resume", "resume"),)
    assert talk.hear(Status).state == "stopped"
    assert talk.hear(Ready).device == "cpu"
    assert talk.hear(Status) == Status(0, "untrained", 0)
    talk.do(do.Predict(1, PICTURE), do.Train(2, cnn(**LONG)))
    assert talk.hear(Prediction).request == 1
    assert talk.hear(Losses, run=2).steps[0] == 1
    talk.do(do.ResumeRun(3, saved.path))
    assert talk.hear(Losses, run=3).steps[0] > saved.step


def test_a_fault_without_a_run_or_a_folder(talk, monkeypatch):
    talk.hear(Ready)
    break_once(monkeypatch, serve_module._Engine, "_obey")
    talk.do(do.Prepare(cnn()))
    failed = talk.failed()
    assert (failed.doing, failed.cures) == ("running the engine", ())
    talk.hear(Ready)
    talk.do(do.Train(1, cnn(**LONG)))
    assert talk.hear(Losses).run == 1


def test_a_users_block_that_ends_the_program_does_not(talk, monkeypatch):
    def leave(*_):
        raise SystemExit(3)

    talk.do(do.Train(1, cnn(**LONG)))
    talk.hear(Losses)
    with monkeypatch.context() as patch:
        patch.setattr(descent, "train_step", leave)
        assert "(SystemExit)" in talk.failed().message
    talk.do(do.Train(2, cnn(**LONG)))
    assert talk.hear(Losses, run=2)


def test_faults_again_and_again_end_the_engine(monkeypatch):
    talk = Talk()
    talk.hear(Ready)
    break_once(monkeypatch, serve_module._Engine, "_obey", times=1_000)
    talk.do(*[do.Prepare(cnn()) for _ in range(10)])
    told = [talk.failed().message for _ in range(3)]
    assert ["has stopped" in each for each in told] == [False, False, True]
    talk.thread.join(5.0)
    assert not talk.thread.is_alive()
    assert talk.thread.stop()


@pytest.mark.parametrize("plan", ["running", "evaluating"])
def test_quit_while_it_works(plan):
    talk = Talk()
    settings = LONG if plan == "running" else {"epochs": 10_000, "batch": 3823}
    talk.do(do.Train(1, cnn(**settings)))
    talk.hear(Losses)
    began = time.monotonic()
    assert talk.thread.stop(5.0)
    assert time.monotonic() - began < 1.0


def test_quit_is_not_kept_waiting_by_other_commands():
    talk = Talk()
    talk.hear(Ready)
    talk.do(*[do.Train(n, cnn(**LONG)) for n in range(200)])
    began = time.monotonic()
    assert talk.thread.stop(5.0)
    assert time.monotonic() - began < 1.0


def test_an_engine_that_never_started_can_be_stopped():
    assert EngineThread(CommandBox(), EventBox()).stop(1.0)


def test_an_engine_that_can_not_start_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "explorer.engine.commands.serve", None)
    events = EventBox()
    engine = EngineThread(CommandBox(), events)
    engine.start()
    engine.join(10.0)
    (failed,) = events.take()
    assert failed.doing == "starting the engine"
    assert "install PyTorch again" in failed.message


def test_the_thread_module_is_free_of_torch():
    assert "torch" not in vars(thread_module)
    assert threading.current_thread().name != "engine"


def test_networks_of_any_kind_can_be_prepared_one_after_another(talk):
    plans = [cnn(), planned(block("flatten"), block("linear", out_features=10)), cnn(seed=4)]
    talk.do(*[do.Prepare(each) for each in plans])
    for _ in plans:
        assert talk.hear(Status) == Status(0, "untrained", 0)


def test_questions_that_have_become_void_are_dropped(talk):
    """The window names the dataset: nothing is told of what nobody waits for any more."""
    picture = np.zeros((1, 28, 28), np.uint8)
    talk.do(do.Predict(1, PICTURE, "digits-8x8"))
    talk.do(do.Prepare(cnn()))
    assert talk.hear(Status).state == "untrained"
    talk.do(do.Watch(frozenset({"conv1"}), True, picture, "digits-8x8"))
    talk.do(do.Watch(frozenset({"conv1"}), True, 3, "mnist"))
    for sample, dataset in ((picture, "digits-8x8"), (PICTURE, "mnist"), (picture, "mnist")):
        talk.do(do.Predict(2, sample, dataset), do.Pause())
        told = talk.until(lambda e: isinstance(e, Status | Prediction | Watched | Failed))
        assert isinstance(told, Status), told
    talk.do(do.Predict(9, PICTURE, "digits-8x8"))
    answered = talk.hear(Prediction)
    assert answered.request == 9
    assert answered.network.dataset == "digits-8x8"
