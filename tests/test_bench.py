"""The benchmark runs: each contender makes steps, and what it prints names every bar."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets import catalogue
from explorer.records.folder import VARIABLE
from explorer.ui.panels.catalogue import panels as every_panel
from tests.bench import busy, panels, training
from tests.bench.__main__ import names
from tests.bench._turns import Turn

TURN_S = 0.01
LONGEST_MS = 1000  # at work, not waiting: generous, for any machine


@pytest.mark.slow
def test_every_contender_that_is_installed_makes_steps() -> None:
    """All at once: they spend their time importing."""
    chosen = [name for name in training.TITLES if training.installed(name)]
    with ExitStack() as stack:
        contenders = training.begun(chosen, "cpu", stack, alone=False)
        found = training.in_turns(contenders, turns=2, turn_s=TURN_S, warm_s=TURN_S)
    assert list(found) == chosen
    assert {"engine", "window", "bare"} <= set(chosen)
    for turns in found.values():
        assert len(turns) == 2
        assert all(turn.steps >= 1 and turn.seconds >= TURN_S for turn in turns)
    assert all(each.threads >= 1 for each in contenders)


@pytest.mark.slow
def test_the_engine_is_measured_beside_a_busy_program() -> None:
    sleeping, spinning = busy.measured(turns=1, turn_s=TURN_S, warm_s=TURN_S)
    assert len(sleeping) == len(spinning) == 1


@pytest.mark.slow
def test_no_panel_holds_the_window_up(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve selected runs of mixed networks took the settings page 49 s."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    found = panels.measured(tmp_path, runs=13, blocks=60, rounds=1)
    assert set(found) == {panel.name for panel in every_panel()}
    assert {name: step for name, step in found.items() if step.worked_ms > LONGEST_MS} == {}


def test_bars_are_said_to_be_reached_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    found = {"engine": [Turn(125, 1.0)] * 3, "bare": [Turn(100, 2.0)] * 3}
    found |= {
        "tutorial": [Turn(100, 1.0)] * 3,
        "window": [Turn(4, 1.0), Turn(9, 1.0), Turn(2, 1.0)],
    }
    training.judge(found)
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("2.500, reached")
    assert said[1].endswith("1.250, reached")
    assert said[2].endswith("not measured")
    assert said[3].endswith("0.080, NOT REACHED")


def test_the_tutorials_samples_are_those_that_the_engine_trains_on() -> None:
    pytest.importorskip("PIL")
    from tests.bench._loops import Pictures

    x, label = Pictures()[7]
    arrays = catalogue.load("mnist")
    raw = arrays.train_inputs[7].astype(np.float32)
    expected = (raw / 255 - 0.1307) / 0.3081
    assert x.shape == (1, 28, 28)
    np.testing.assert_allclose(x.numpy(), expected, rtol=1e-5, atol=1e-6)
    assert label == arrays.train_labels[7]


def test_every_measurement_is_named() -> None:
    assert names() == ["answers", "busy", "canvas", "memory", "panels", "training", "window"]
