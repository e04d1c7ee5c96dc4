"""Whatever is drawn half, twice or wrongly can be planned, printed, counted and mended."""

import ast
import random

import pytest

from explorer.graph import edits
from explorer.plan.costs import costs, receptive_fields
from explorer.plan.plan import plan
from explorer.plan.source import network_source
from tests.drawings import EXAMPLES, drawing


def look(document):
    """All that the window works out of a document."""
    found = plan(document)
    text = network_source(found)
    ast.parse(text)
    costs(found), receptive_fields(found)
    assert all(problem.message for problem in found.problems)
    assert found.ready or found.problems
    return found, text


def check(seed):
    found, text = look(drawing(seed))
    assert all(each.node in (None, *found.document.nodes) for each in found.problems)
    fixes = [problem.fix for problem in found.problems if problem.fix is not None]
    if fixes:
        look(random.Random(seed).choice(fixes).edit(found.document))
    if len(found.document.nodes) > 1:
        first = next(iter(found.document.nodes))
        assert found.ready or first in text or "# " in text


@pytest.mark.parametrize("part", range(10))
def test_unfinished_drawings(part):
    for seed in range(100 * part, 100 * (part + 1)):
        check(seed)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(100))
def test_very_many_unfinished_drawings(part):
    for seed in range(10_000 + 300 * part, 10_000 + 300 * (part + 1)):
        check(seed)


@pytest.mark.parametrize("document", EXAMPLES, ids=lambda each: each.title)
def test_a_second_input_is_a_problem_with_a_fix_and_the_source_says_so(document):
    twice = edits.paste(document, edits.fragment(document, document.nodes))[0]
    found, text = look(twice)
    seconds = [p for p in found.problems if "second" in p.message]
    assert {twice.nodes[p.node].block.role for p in seconds} == {"input", "output"}
    assert all(f"# {p.node} is a second" in text for p in seconds)
    assert "Unfinished" in text
    mended = twice
    for _ in range(len(found.problems) + 2):
        problems = plan(mended).problems
        if not problems:
            break
        mended = problems[0].fix.edit(mended)
    assert plan(mended).ready
