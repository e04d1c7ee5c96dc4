"""The best epoch's weights on the command line: said at the end, and to be had."""

import json
import re

import pytest

from tests.cli.making import explorer, written
from tests.making import block


@pytest.fixture
def trained(tmp_path, capsys):
    """A way to train until the last epoch is not the best: which it is depends on the seed, and on
    the processor's last digits.
    """

    def train(*options):
        layers = (block("flatten"), block("linear", out_features=32), block("relu"))
        more = {"rate": 0.05, "epochs": 5}
        document = written(tmp_path, *layers, block("linear", out_features=10), **more)
        for seed in range(20):
            assert explorer("train", document, "--seed", seed, *options) == 0
            said = capsys.readouterr()
            if "smallest after epoch" in said.err:
                return said
        raise AssertionError("no seed is of use")

    return train


@pytest.fixture
def epochs():
    """Test losses and accuracies of a run's epochs."""

    def read(out):
        lines = (out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return [(row["test_loss"], row["test_accuracy"]) for row in rows if "epoch" in row]

    return read


def accuracy(text):
    return float(re.search(r"test accuracy (\S+) %$", text.strip()).group(1))


@pytest.mark.parametrize("patience", [0, 100])
def test_a_better_epoch_than_the_last_is_said_and_can_be_had(
    trained, tmp_path, capsys, epochs, patience
):
    out = tmp_path / "run"
    said = trained("--set", f"patience={patience}", "--out", out, "--overwrite")
    found = epochs(out)
    best = min(found)
    number = found.index(best) + 1
    assert number < len(found)
    assert accuracy(said.out) == pytest.approx(100 * found[-1][1], abs=0.006)
    assert f"smallest after epoch {number} ({best[0]:.4g})" in said.err
    assert f"epoch {len(found)} ({found[-1][0]:.4g})" in said.err
    (offer,) = re.findall(r"train (--resume \S+ --best)", said.err)
    assert explorer("train", *offer.split()) == 0
    assert accuracy(capsys.readouterr().out) == pytest.approx(100 * best[1], abs=0.006)
    assert explorer("evaluate", out) == 0
    assert f"{100 * best[1]:.2f}" in capsys.readouterr().out


def test_a_training_can_end_with_them_at_once(trained, tmp_path, epochs):
    out = tmp_path / "run"
    said = trained("--best", "--out", out, "--overwrite")
    best = min(epochs(out))
    assert accuracy(said.out) == pytest.approx(100 * best[1], abs=0.006)
    assert "train --resume" not in said.err


def test_a_recorded_run_without_a_folder_is_named_by_its_number(trained):
    said = trained()
    (number,) = re.findall(r"train --resume (\d+) --best", said.err)
    assert f"run {number}" in said.err
