"""Precision and augmentation: settings that change a step, off unless asked for."""

import math

import numpy as np
import pytest
import torch

from explorer.engine.run.session import Session
from explorer.engine.step.augment import augmented, augments
from explorer.graph.document import Training
from explorer.graph.files import dump
from explorer.plan.plan import plan
from tests.engine.making import attention, block, cnn, lstm, planned, resumed, same_weights


@pytest.mark.parametrize("precision", ["float64", "bfloat16", "float16"])
def test_it_learns_in_every_precision(precision):
    session = Session(cnn(precision=precision, batch=64, epochs=1, rate=0.004), "cpu")
    session.train()
    assert session.evaluate()[1] > 0.75
    dtype = torch.float64 if precision == "float64" else torch.float32
    assert session.network.get_submodule("conv1").weight.dtype == dtype
    assert session.predict(session.data.test.inputs[0].numpy()).dtype == np.float32


def test_half_the_bits_give_nearly_the_same_step():
    def weight(**settings):
        session = Session(cnn(**settings), "cpu")
        session.train(steps=1)
        return session.network.get_submodule("fc1").weight.double()

    exact = weight(precision="float64", optimiser="sgd", rate=0.1)
    for precision, most in {"float32": 1e-6, "bfloat16": 0.02, "float16": 0.01}.items():
        other = weight(precision=precision, optimiser="sgd", rate=0.1)
        assert not torch.equal(other, exact)
        assert (other - exact).abs().max() < most


@pytest.mark.parametrize("make", [lstm, attention])
def test_other_networks_in_mixed_precision(make):
    drawn = make()
    for precision in ("bfloat16", "float64"):
        training = Training(precision=precision, epochs=1, batch=256)
        other = type(drawn.document)(
            drawn.document.title,
            drawn.document.dataset,
            drawn.document.nodes,
            drawn.document.wires,
            training,
        )
        session = Session(plan(other), "cpu")
        assert session.train(steps=5)


@pytest.mark.parametrize("settings", [{"precision": "float16"}, {"rotate": 20.0, "shift": 0.1}])
def test_a_resumed_run_is_the_same(settings, tmp_path):
    drawn = cnn(batch=128, epochs=2, **settings)
    whole = Session(drawn, "cpu")
    whole.train(steps=30)
    second = resumed(drawn, 18, 30, tmp_path)
    assert same_weights(second, whole)
    assert second.run.descent.careful.scale == whole.run.descent.careful.scale


def test_a_float64_network_is_exported_as_float32(tmp_path):
    session = Session(cnn(precision="float64"), "cpu")
    session.train(steps=2)
    assert session.export(0, "pt", tmp_path / "net.pt", lambda text: None).passed


# --- augmentation

PICTURE = torch.zeros(1, 1, 9, 9)
PICTURE[0, 0, 4, 6] = 1.0


def changed(picture, monkeypatch, draws, **settings):
    """With the four random numbers from -1 to 1: angle, size, right, down."""
    values = (torch.tensor(draws)[:, None] + 1) / 2
    monkeypatch.setattr(torch, "rand", lambda *sizes, **of: values.to(of["dtype"]))
    return augmented(picture, Training(**settings))


def test_nothing_is_changed_by_default():
    assert not augments(Training())
    assert augments(Training(rotate=1.0))


def test_pictures_are_turned_by_the_angle(monkeypatch):
    turned = changed(PICTURE, monkeypatch, [1.0, 0.0, 0.0, 0.0], rotate=90.0)
    assert turned[0, 0].argmax() in (2 * 9 + 4, 6 * 9 + 4)
    assert turned.sum() == pytest.approx(1.0, abs=1e-5)


def test_pictures_are_moved(monkeypatch):
    moved = changed(PICTURE, monkeypatch, [0.0, 0.0, 1.0, 0.0], shift=1 / 3)
    assert abs(int(moved[0, 0].argmax()) - (4 * 9 + 6)) == 3


def test_pictures_are_resized(monkeypatch):
    square = torch.zeros(1, 1, 20, 20)
    square[..., 6:14, 6:14] = 1.0
    for draw, factor in ((1.0, 1.25), (-1.0, 0.8)):
        resized = changed(square, monkeypatch, [0.0, draw, 0.0, 0.0], resize=0.25)
        assert math.sqrt(resized.sum() / 64) == pytest.approx(factor, abs=0.03)


def test_a_turn_keeps_lengths_in_oblong_pictures(monkeypatch):
    tall = torch.zeros(1, 1, 41, 21)
    tall[0, 0, 20, 5:16] = 1.0
    turned = changed(tall, monkeypatch, [1.0, 0.0, 0.0, 0.0], rotate=90.0)
    assert (turned[0, 0, :, 10] > 0.5).sum() == 11


def test_samples_that_are_no_pictures_stay():
    rows = torch.rand(3, 5)
    assert torch.equal(augmented(rows, Training(rotate=30.0)), rows)


def test_test_samples_are_never_augmented():
    settings = {"rotate": 90.0, "shift": 0.3, "resize": 0.5}
    one, other = Session(cnn(), "cpu"), Session(cnn(**settings), "cpu")
    assert one.evaluate() == other.evaluate()


def test_new_settings_are_in_a_file_only_where_they_were_set():
    assert '"seed": 0}' in dump(cnn().document)
    assert "precision" not in dump(cnn().document)
    assert '"rotate": 10.0' in dump(cnn(rotate=10.0).document)
    assert planned(block("flatten"), block("linear", out_features=10))
