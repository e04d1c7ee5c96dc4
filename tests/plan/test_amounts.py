"""Amounts of memory in words."""

import pytest

from explorer.plan.amounts import amount, at_step


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 kB"),
        (999_999, "1.0 MB"),
        (5 << 20, "5.2 MB"),
        (3 * 10**12, "3.0 TB"),
        (4 * 10**15, "4000.0 TB"),
    ],
)
def test_amounts_in_words(size, words):
    assert amount(size) == words


@pytest.mark.parametrize(("step", "words"), [(0, "untrained"), (1, "step 1"), (1200, "step 1,200")])
def test_before_the_first_step_a_network_is_untrained(step, words):
    assert at_step(step) == words
