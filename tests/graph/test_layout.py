"""The arrangement: nothing overlaps, wires lead right or down, chains are straight, skips show."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import ConnectError, add_node, chain, connect, move
from explorer.graph.folding import drawn
from explorer.graph.frames import Area, frame_of
from explorer.graph.groups import fold, make_group
from explorer.graph.layout import Measures, arranged
from explorer.plan.documents import examples, read
from tests.graph.drawings import grouped

MEASURES = Measures(lambda block: 108.0 + 24 * max(0, len(block.inputs) - 2), 228.0, 60.0, 12.0)
WIDTH = 132.0


def row(count):
    kinds = catalogue()
    return chain(Document(), [(None, kinds["relu"]()) for _ in range(count)])


def overlapping(document):
    return overlapping_nodes(document.nodes.values())


def overlapping_nodes(nodes):
    for one, other in itertools.combinations(nodes, 2):
        high = (MEASURES.height(one.block) + MEASURES.height(other.block)) / 2
        if abs(one.x - other.x) < WIDTH + 20 and abs(one.y - other.y) < high + 20:
            yield one.id, other.id


def same_but_places(one, other):
    assert one.wires == other.wires
    assert [n.id for n in one.nodes.values()] == [n.id for n in other.nodes.values()]
    assert all(one.nodes[n].block is other.nodes[n].block for n in one.nodes)


@pytest.mark.parametrize("name", examples())
def test_examples_are_readable(name):
    document = read(examples()[name]).document
    made = arranged(document, MEASURES)
    same_but_places(document, made)
    assert not list(overlapping(made))
    for wire in made.wires:
        source, target = made.nodes[wire.source], made.nodes[wire.target]
        assert target.x > source.x or target.y > source.y, str(wire)
    assert arranged(made, MEASURES) == made, "a second time changes nothing"


@pytest.mark.parametrize("count", [1, 3, 12, 40])
def test_a_chain_fits_a_canvas(count):
    made = arranged(row(count), MEASURES)
    xs = [node.x for node in made.nodes.values()]
    ys = [node.y for node in made.nodes.values()]
    wide, high = max(xs) - min(xs) + 228, max(ys) - min(ys) + 168
    assert min(1100 / wide, 620 / high) > {1: 0.99, 3: 0.99, 12: 0.75, 40: 0.4}[count]
    for before, after in itertools.pairwise(made.nodes.values()):
        assert (after.y == before.y and after.x > before.x) or after.y > before.y


def test_the_longest_way_is_straight_and_a_branch_beside_it():
    kinds = catalogue()
    document = row(4)
    document, name = add_node(document, kinds["relu"](), name="branch")
    document, end = add_node(document, kinds["add"](), name="join")
    document = connect(document, Wire("relu4", end, "y", "a"))
    document = connect(document, Wire("relu", name))
    document = connect(document, Wire(name, end, "y", "b"))
    made = arranged(document, MEASURES)
    straight = [made.nodes[n].y for n in ("relu", "relu2", "relu3", "relu4", "join")]
    assert len(set(straight)) == 1
    assert made.nodes["branch"].y != straight[0]


def test_pieces_lie_below_each_other_and_single_blocks_last():
    document = row(3)
    for kind in ("relu", "relu"):
        document, _ = add_node(document, catalogue()[kind]())
    made = arranged(document, MEASURES)
    assert not list(overlapping(made))
    assert made.nodes["relu4"].y == made.nodes["relu5"].y > made.nodes["relu"].y


def test_the_upper_left_stays_and_nothing_is_nothing():
    document = move(
        row(3), {"relu": (1200.0, 2400.0), "relu2": (1300, 2500), "relu3": (1400, 2600)}
    )
    made = arranged(document, MEASURES)
    assert min(node.x for node in made.nodes.values()) == 1200.0
    assert abs(min(node.y for node in made.nodes.values()) - 2400.0) <= 12
    assert arranged(Document(), MEASURES) == Document()


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=30), st.integers(1, 15))
@settings(max_examples=150, deadline=None)
def test_any_drawing(pairs, count):
    kinds = catalogue()
    document = Document()
    for place in range(count):
        document, _ = add_node(document, kinds["concatenate" if place % 3 else "relu"]())
    names = list(document.nodes)
    for one, other in pairs:
        source, target = names[one % count], names[other % count]
        port = document.nodes[target].block.inputs[one % len(document.nodes[target].block.inputs)]
        try:
            document = connect(document, Wire(source, target, "y", port))
        except ConnectError:
            continue
    made = arranged(document, MEASURES)
    same_but_places(document, made)
    assert not list(overlapping(made))
    for wire in made.wires:
        source, target = made.nodes[wire.source], made.nodes[wire.target]
        assert target.x > source.x or target.y > source.y


def test_a_folded_group_is_one_block_and_its_members_are_arranged_too():
    document, name = make_group(row(6), ["relu3", "relu4"])
    document = fold(document, name)
    made = arranged(move(document, {"relu4": (900.0, 37.0)}), MEASURES)
    before, after = drawn(document), drawn(made)
    assert set(after.nodes) == set(before.nodes)
    boxes = list(after.nodes.values())
    assert len({(node.x, node.y) for node in boxes}) == len(boxes)
    one, other = made.nodes["relu3"], made.nodes["relu4"]
    assert (other.x - one.x, other.y) == (MEASURES.step_x, one.y)
    assert after.nodes[name].x == (one.x + other.x) / 2


def area(node):
    high = MEASURES.height(node.block) / 2
    return Area(node.x - WIDTH / 2, node.y - high, node.x + WIDTH / 2, node.y + high)


def whole_area(document, group):
    """Around all members, with room for frame and title."""
    areas = [area(document.nodes[name]) for name in group.members]
    whole = areas[0]
    for other in areas:
        whole = whole.with_(other)
    return whole.grown(MEASURES.frame, above=MEASURES.title)


def foreign(document, group):
    """What is drawn in the group's area and is no member."""
    around = whole_area(document, group)
    others = (n for n in drawn(document).nodes.values() if n.id not in group.members)
    return [node.id for node in others if around.meets(area(node))]


@given(grouped())
@settings(max_examples=150, deadline=None)
def test_groups_are_kept_together_with_nothing_else_among_them(document):
    made = arranged(document, MEASURES)
    drawing = drawn(made)
    assert not list(overlapping_nodes(drawing.nodes.values()))
    framed = [group for group in made.groups if not group.folded]
    for group in framed:
        assert foreign(made, group) == []
    for one, other in itertools.combinations(framed, 2):
        assert not whole_area(made, one).meets(whole_area(made, other))
    for wire in drawing.wires:
        source, target = drawing.nodes[wire.source], drawing.nodes[wire.target]
        assert target.x > source.x or target.y > source.y, str(wire)
    assert arranged(made, MEASURES) == made


@given(grouped())
@settings(max_examples=100, deadline=None)
def test_a_frame_holds_members_only_wherever_blocks_lie(document):
    """Two blocks that lie on each other can't be told apart by any frame."""
    drawing = drawn(document)
    for group in document.groups:
        if group.folded:
            continue
        bodies = [area(document.nodes[name]) for name in group.members]
        others = [area(n) for n in drawing.nodes.values() if n.id not in group.members]
        apart = [o for o in others if not any(o.meets(body) for body in bodies)]
        frame = frame_of(bodies, lambda at, o=others: any(at.meets(one) for one in o), 20.0, 26.0)
        assert not any(part.meets(other) for part in frame.parts for other in apart)
        for body in bodies:
            assert any(body.with_(part) == part for part in frame.parts), "every member is framed"


def test_a_long_group_is_on_the_main_way_and_the_short_cut_beside_it():
    document = row(7)
    document, end = add_node(document, catalogue()["add"](), name="join")
    document = connect(document, Wire("relu7", end, "y", "a"))
    document, skip = add_node(document, catalogue()["relu"](), name="skip")
    document = connect(document, Wire("relu", skip))
    document = connect(document, Wire(skip, end, "y", "b"))
    document, _ = make_group(document, [f"relu{place}" for place in range(2, 7)])
    made = arranged(document, MEASURES)
    assert made.nodes["relu"].y == made.nodes["relu2"].y == made.nodes["join"].y
    assert made.nodes["skip"].y != made.nodes["relu"].y
