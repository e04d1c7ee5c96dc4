"""Noise and cut-out: on the device, each sample anew, drawn so that a resumed run repeats them."""

import pytest
import torch

from explorer.engine.run.session import Session
from explorer.engine.step.augment import augmented, augments, cut_out
from explorer.graph.document import SECTIONS, Training
from explorer.graph.files import dump
from tests.engine.making import cnn, resumed, same_weights


def test_noise_has_its_share_of_the_range():
    grey = torch.full((64, 1, 28, 28), 128.0)
    noisy = augmented(grey, Training(noise=0.1), 255.0)
    assert augments(Training(noise=0.1))
    assert noisy.std() == pytest.approx(25.5, rel=0.02)
    assert noisy.mean() == pytest.approx(128.0, abs=0.5)
    assert not torch.equal(noisy[0], noisy[1])
    assert torch.equal(grey, torch.full_like(grey, 128.0))


def holes(share, height=20, width=30, count=500):
    pictures = cut_out(torch.ones(count, 2, height, width), share)
    assert torch.equal(pictures[:, 0], pictures[:, 1])  # all channels alike
    return pictures[:, 0] == 0


def test_a_square_is_cut_out_of_each_picture():
    torch.manual_seed(0)
    found = holes(0.25)
    rows, columns = found.any(2).sum(1), found.any(1).sum(1)
    assert torch.equal(found.sum((1, 2)), rows * columns)
    assert (rows.max(), columns.max()) == (5, 5)
    assert (rows.min(), columns.min()) == (3, 3)  # those at the edge lie partly outside
    share = found.float().mean(0)  # of the pictures in which a place is gone
    assert share[10, 15] == pytest.approx(25 / 600, abs=0.03)
    assert (share > 0).all()


def test_no_square_is_less_than_a_pixel_or_more_than_the_picture():
    assert (holes(0.001).sum((1, 2)) == 1).all()
    assert holes(1.0).any((1, 2)).all()


def test_samples_that_are_no_pictures_stay():
    rows = torch.rand(3, 5)
    assert torch.equal(augmented(rows, Training(noise=0.5)), rows)
    assert torch.equal(cut_out(rows.clone(), 0.5), rows)


def test_what_is_cut_out_is_the_mean_and_test_samples_are_whole():
    session = Session(cnn(cut_out=1.0, batch=8), "cpu")
    picked = torch.arange(100)
    plain = session.data.normalised(session.data.train.inputs[picked])
    cut = session.data.trained_on(picked, Training(cut_out=1.0))
    assert ((cut == plain) | (cut == 0)).all()
    assert (cut == 0).float().mean() > 0.5
    assert session.evaluate() == Session(cnn(), "cpu").evaluate()


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_resumed_run_is_the_same(precision, tmp_path):
    drawn = cnn(batch=128, epochs=2, noise=0.1, cut_out=0.4, rotate=5.0, precision=precision)
    whole = Session(drawn, "cpu")
    whole.train(steps=30)
    assert same_weights(resumed(drawn, 18, 30, tmp_path), whole)


def test_it_still_learns():
    session = Session(cnn(noise=0.1, cut_out=0.3, batch=64, epochs=2, rate=0.004), "cpu")
    session.train()
    assert session.evaluate()[1] > 0.75


def test_older_programs_read_documents_without_the_new_settings():
    assert "noise" not in dump(cnn().document)
    assert '"cut_out": 0.5' in dump(cnn(cut_out=0.5).document)


def test_every_setting_is_in_one_section():
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(Training().values())
