"""A wire tells beforehand all that it will do: what is not told does not happen."""

import itertools
import random

import pytest

from explorer.graph.document import Wire
from explorer.graph.drawn_edits import connect_drawn
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.ui.canvas.verdict import judge

TRIED = 40  # wires of each example


def every_wire(document):
    for source, target in itertools.permutations(document.nodes.values(), 2):
        for output, port in itertools.product(source.block.outputs, target.block.inputs):
            yield Wire(source.id, target.id, output, port)


def errors(made):
    return {(problem.node, problem.message) for problem in made.problems}


def unread(document):
    read_ones = {wire.source for wire in document.wires}
    return {n for n, node in document.nodes.items() if node.block.outputs and n not in read_ones}


@pytest.mark.parametrize("name", examples())
def test_what_is_not_told_does_not_happen(name):
    document = read(examples()[name]).document
    before = plan(document)
    dice = random.Random(name)
    wires = list(every_wire(document))
    for wire in dice.sample(wires, min(TRIED, len(wires))):
        verdict = judge(document, wire)
        if verdict.refusal:
            continue
        connected = connect_drawn(document, wire)
        gone = set(document.wires) - set(connected.wires)
        assert set(verdict.replaces) == gone
        assert all(str(one) in verdict.costs for one in gone)
        elsewhere = {e for e in errors(plan(connected)) - errors(before) if e[0] != wire.target}
        loose = unread(connected) - unread(document)
        assert len(verdict.breaks) == len(elsewhere) + len(loose)
        for words in (*(message for _, message in elsewhere), *loose):
            assert any(words in told for told in verdict.breaks)
        if plan(connected).problem_of.get(wire.target) and not elsewhere:
            assert verdict.warning or verdict.costs
