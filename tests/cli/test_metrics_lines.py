"""The metrics of a run that was killed: a line that was not finished is left out."""

import math

import pytest

from explorer.cli.earlier import step_of


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ('{"step": 7, "loss": 1.0}\n', 7),
        ('{"epoch": 1}\n', 0),
        ('{"step": 12, "lo', math.inf),
        ("\x00\x00\x00", math.inf),
        ("[7]", math.inf),
        ('{"step": "x"}', math.inf),
    ],
)
def test_the_step_of_a_line(line, step):
    assert step_of(line) == step
