"""torch.compile: what it changes, that runs repeat, and that training goes on where it fails."""

import shutil
import threading
import time
from contextlib import closing

import numpy as np
import pytest
import torch

from explorer.__main__ import main
from explorer.engine.run.session import Session
from explorer.engine.step import compiled
from explorer.graph.edits import set_training
from explorer.graph.files import dump
from explorer.plan.plan import plan
from explorer.protocol import commands as do
from explorer.protocol.events import Compiling, Failed, Losses, Prediction, Status
from explorer.records.report_parts import circumstances
from explorer.records.store import RunStore
from tests.engine.making import attention, cnn, lstm, resumed

pytestmark = pytest.mark.filterwarnings("default")  # torch's compiler uses what torch deprecates
PICTURE = np.full((1, 8, 8), 7, np.uint8)
CHEAP = "eager"  # torch's own name for a backend that only traces


@pytest.fixture(autouse=True)
def no_compiler_left():
    yield
    compiled.quiet()
    assert not [each for each in threading.enumerate() if each.name == "compile"]
    torch._dynamo.reset()


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(compiled, "BACKEND", CHEAP)


def use(monkeypatch, backend):
    monkeypatch.setattr(compiled, "BACKEND", backend)


def broken(module, inputs):
    raise ValueError("this backend is broken")


def trained(drawn, steps=10, **more):
    said = []
    session = Session(drawn, "cpu")
    session.train(on_event=said.append, steps=steps, **more)
    told = [(each.stage, each.message) for each in said if isinstance(each, Compiling)]
    assert not [each for each in said if isinstance(each, Failed)]
    return session, told


def weights(session):
    return session.network.state_dict()


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def no_dropout(**settings):
    drawn = cnn(batch=128, **settings).document
    nodes = {
        name: node if name != "dropout" else type(node)(name, node.block.changed({"p": 0.0}))
        for name, node in drawn.nodes.items()
    }
    return plan(type(drawn)(drawn.title, drawn.dataset, nodes, drawn.wires, drawn.training))


@pytest.mark.parametrize("settings", [{}, {"accumulate": 3, "rotate": 5.0, "noise": 0.1}])
def test_traced_steps_are_the_same_steps(cheap, settings):
    """Also those of the smaller last batch of an epoch."""
    session, told = trained(no_dropout(compile=True, epochs=2, **settings), 40)
    assert [stage for stage, _ in told] == ["begun", "done"], told
    plain, _ = trained(no_dropout(epochs=2, **settings), 40)
    assert equal(weights(session), weights(plain))


def test_the_random_numbers_are_the_runs_own(cheap):
    """The tracer puts torch's generator back to where it was: dropout and noise come out alike."""
    session, _ = trained(cnn(compile=True, batch=128, cut_out=0.3))
    plain, _ = trained(cnn(batch=128, cut_out=0.3))
    assert equal(weights(session), weights(plain))


def test_a_broken_backend_is_told_once_and_training_goes_on(monkeypatch):
    use(monkeypatch, broken)
    session, told = trained(cnn(compile=True, batch=128))
    assert [stage for stage, _ in told] == ["begun", "failed"]
    assert "is trained without torch.compile: " in told[1][1]
    assert "this backend is broken" in told[1][1]
    plain, _ = trained(cnn(batch=128))
    assert equal(weights(session), weights(plain))


def test_what_fails_later_is_computed_again_without(monkeypatch):
    calls = []

    def late(module, inputs):
        def compute(*given):
            calls.append(1)
            if len(calls) > 4:
                raise ValueError("it has worn out")
            return module.forward(*given)

        return compute

    use(monkeypatch, late)
    session, told = trained(no_dropout(compile=True))
    assert [stage for stage, _ in told] == ["begun", "done", "failed"]
    plain, _ = trained(no_dropout())
    assert equal(weights(session), weights(plain))
    assert len(calls) == 5


def test_recurrent_layers_are_refused_in_words(monkeypatch):
    drawn = plan(set_training(lstm().document, {"compile": True}))
    _, told = trained(drawn, 2)
    assert "recurrent layers" in told[-1][1]


def test_no_compiler_in_words(monkeypatch):
    def lacking(module, inputs):
        raise RuntimeError("InvalidCxxCompiler: No working C++ compiler found in x")

    use(monkeypatch, lacking)
    _, told = trained(cnn(compile=True), 2)
    assert "there is no C++ compiler. Install g++" in told[-1][1]


def test_attention_is_compiled(cheap):
    _, told = trained(plan(set_training(attention().document, {"compile": True})), 2)
    assert told[-1][0] == "done"


@pytest.mark.parametrize("precision", ["bfloat16", "float64"])
def test_other_precisions_are_compiled_once(cheap, precision):
    _, told = trained(cnn(compile=True, precision=precision), 4)
    assert [stage for stage, _ in told] == ["begun", "done"], told


def slow(seconds):
    def backend(module, inputs):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            time.sleep(0.005)
        return module.forward

    return backend


def test_everybody_is_answered_while_it_compiles(talk, monkeypatch):
    use(monkeypatch, slow(4.0))
    talk.do(do.Train(1, cnn(compile=True)))
    talk.hear(Compiling, stage="begun")
    talk.do(do.Predict(1, PICTURE))
    assert talk.hear(Prediction, request=1).step == 0
    talk.do(do.Pause(), do.StepOnce(), do.Predict(2, PICTURE))
    talk.hear(Status, state="paused")
    assert talk.hear(Prediction, request=2).step == 0
    talk.do(do.Quit())
    talk.thread.join(10.0)
    assert not talk.thread.is_alive()
    assert compiled.compiling()


def test_a_step_that_waited_is_done_once(talk, monkeypatch):
    use(monkeypatch, slow(1.0))
    talk.do(do.Train(1, cnn(compile=True), paused=True), do.StepOnce())
    talk.hear(Compiling, stage="done")
    assert talk.hear(Status, step=1).state == "paused"
    talk.do(do.Predict(1, PICTURE))
    assert talk.hear(Prediction).step == 1


def test_another_network_waits_for_the_compiler_and_the_pen_does_not(talk, monkeypatch):
    use(monkeypatch, slow(2.0))
    expected = Session(cnn(), "cpu")
    expected.train(steps=1)
    answer = expected.predict(PICTURE)
    talk.do(do.Train(1, cnn(compile=True)))
    talk.hear(Compiling, stage="begun")
    talk.do(do.Stop(), do.Train(2, cnn(), paused=True), do.StepOnce())
    talk.hear(Status, state="stopped")
    talk.do(do.Predict(1, PICTURE))
    assert talk.hear(Prediction, request=1).run == 1
    assert compiled.compiling()
    talk.hear(Status, run=2, step=1)
    assert not compiled.compiling()
    talk.do(do.Predict(2, PICTURE))
    assert np.array_equal(talk.hear(Prediction, request=2).probabilities, answer)


def test_a_changed_dropout_is_compiled_anew(talk, cheap):
    talk.do(do.Train(1, cnn(compile=True, epochs=10_000)))
    talk.hear(Compiling, stage="done")
    talk.do(do.SetDropout("dropout", 0.5))
    talk.hear(Compiling, stage="begun")
    talk.hear(Compiling, stage="done")
    talk.hear(Losses)


def test_a_resumed_run_is_the_same(cheap, tmp_path):
    drawn = cnn(batch=128, epochs=2, compile=True, noise=0.1, cut_out=0.3)
    whole, _ = trained(drawn, 30)
    assert equal(weights(whole), weights(resumed(drawn, 18, 30, tmp_path)))


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++"))), reason="no C++ compiler")
def test_really_compiled(tmp_path):
    """By torch's own compiler: nearly the same step, and a resumed run is bit for bit the same."""
    plainly = {"optimiser": "sgd", "rate": 0.1}
    session, told = trained(no_dropout(compile=True, **plainly), 3)
    assert [stage for stage, _ in told] == ["begun", "done"], told
    plain, _ = trained(no_dropout(**plainly), 3)
    one, other = weights(session), weights(plain)
    assert all(torch.allclose(one[name], other[name], atol=1e-4) for name in one)
    drawn = cnn(batch=128, epochs=2, compile=True, rotate=5.0, cut_out=0.3)
    whole, told = trained(drawn, 20)
    assert told[-1][0] == "done"
    assert equal(weights(whole), weights(resumed(drawn, 7, 20, tmp_path)))


def test_a_record_says_that_compiling_failed(monkeypatch, tmp_path, capsys):
    """Among the versions, which `runs`, the runs panel's settings and the report show."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    use(monkeypatch, broken)
    document = tmp_path / "cnn.json"
    document.write_text(dump(cnn(compile=True).document), encoding="utf-8")
    assert main(["train", str(document), "--steps", "3"]) == 0
    capsys.readouterr()
    assert main(["runs", "show", "1"]) == 0
    assert "torch.compile not used: " in (told := capsys.readouterr().out)
    assert "this backend is broken" in told
    with closing(RunStore.open()) as store:
        rows = circumstances(store.run(1), cnn())
    assert "this backend is broken" in dict(rows)["Version: torch.compile"]
