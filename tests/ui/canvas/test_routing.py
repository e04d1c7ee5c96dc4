"""Wires keep apart from blocks and from each other, and laying them takes no more than it must."""

import cProfile
import itertools
import pstats

import pytest
from PySide6.QtCore import QPointF

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import add_node, connect, move, remove_nodes
from explorer.plan.documents import examples, read
from explorer.ui.canvas import routing
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store
from tests.bench.canvas import big_document
from tests.ui.canvas.conftest import row


def scene_of(document):
    return CanvasScene(Store(document), Selection(), Theme())


def lines(item):
    """Level and upright parts of a wire that is no curve, but for those at its ports."""
    corners = item.course.points[1:-1]
    for a, b in itertools.pairwise(corners if item.course.detour else ()):
        level = abs(a.y() - b.y()) < 0.1
        at = a.y() if level else a.x()
        ends = sorted((a.x(), b.x()) if level else (a.y(), b.y()))
        yield level, at, *ends


def on_one_line(scene):
    """Pairs of wires that look like one for a while."""
    for one, other in itertools.combinations(scene.wires.values(), 2):
        for (level, at, begin, end), (level2, at2, begin2, end2) in itertools.product(
            lines(one), lines(other)
        ):
            along = min(end, end2) - max(begin, begin2)
            if level == level2 and abs(at - at2) < 5 and along > 5:
                yield str(one.wire), str(other.wire), round(along)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", examples())
def test_no_two_wires_of_an_example_run_on_one_line(name):
    assert not list(on_one_line(scene_of(read(examples()[name]).document)))


@pytest.mark.usefixtures("qapp")
def test_wires_that_pass_the_same_blocks_keep_apart():
    document = row(*["relu"] * 4, "concatenate", *["relu"] * 3)
    document, _ = add_node(document, catalogue()["add"](), 9 * 216.0, 0.0)
    for target, port, source in (
        ("concat", "b", "relu"),
        ("add", "a", "relu2"),
        ("add", "b", "relu3"),
    ):
        document = connect(document, Wire(source, target, "y", port))
    scene = scene_of(document)
    assert not list(on_one_line(scene))
    scene.store.edit("Move", lambda d: move(d, {"relu2": (216.0, 24.0)}))
    assert not list(on_one_line(scene))
    for item in scene.wires.values():
        wire = item.wire
        others = [
            i.scene_body() for n, i in scene.nodes.items() if n not in (wire.source, wire.target)
        ]
        assert not item.course.hits(others)


def calls(action):
    profile = cProfile.Profile()
    profile.runcall(action)
    return pstats.Stats(profile).total_calls


@pytest.mark.usefixtures("qapp")
def test_opening_twice_as_many_blocks_takes_about_twice_as_long():
    """Counted in calls, which no busy machine changes."""
    small, large = Store(), Store()
    scenes = [CanvasScene(store, Selection(), Theme()) for store in (small, large)]
    documents = big_document(500), big_document(1000)
    few, many = (
        calls(lambda s=store, d=document: s.open(d))
        for store, document in zip((small, large), documents, strict=True)
    )
    assert many < 2.5 * few
    assert [len(scene.nodes) for scene in scenes] == [500, 1000]


@pytest.mark.usefixtures("qapp")
def test_a_thicket_of_wires_is_laid_with_an_effort_that_ends():
    few, many = (calls(lambda n=n: scene_of(thicket(n))) for n in (150, 600))
    assert many < 6 * few


def thicket(count):
    """Each block wired to four that are up to fifty places further on."""
    document = Document()
    for place in range(count):
        block = catalogue()["concatenate"](ports=4)
        document, _ = add_node(document, block, place % 20 * 228.0, place // 20 * 240.0)
    names = list(document.nodes)
    wires = [
        Wire(names[place], names[place + step], "y", port)
        for step, port in ((1, "a"), (7, "b"), (19, "c"), (50, "d"))
        for place in range(count - step)
    ]
    return Document(nodes=document.nodes, wires=tuple(wires))


@pytest.mark.usefixtures("qapp")
def test_courses_are_the_same_each_time():
    document = read(examples()["inception-like"]).document
    first, second = scene_of(document), scene_of(document)
    for wire, item in first.wires.items():
        assert item.course.points == second.wires[wire].course.points
        assert item.course.points[0] != QPointF()


def courses(scene):
    """How each wire is painted, and where its label is."""
    return {
        wire: (item.path(), item.course.points, item.label.pos())
        for wire, item in scene.wires.items()
    }


def straight(item):
    return item.path().elementCount() == 4  # one curve: a start and three points


def waits(scene):
    return scene.wires and all(map(straight, scene.wires.values()))


@pytest.mark.usefixtures("qapp")
def test_very_many_wires_go_straight_at_first_and_end_as_if_laid_at_once(monkeypatch, qtbot):
    document = big_document(80)
    at_once = scene_of(document)
    assert not waits(at_once)
    monkeypatch.setattr(routing, "MOST_AT_ONCE", 40)
    scene = scene_of(document)
    assert waits(scene)
    qtbot.waitUntil(lambda: not waits(scene))
    assert courses(scene) == courses(at_once)


@pytest.mark.usefixtures("qapp")
def test_what_waits_can_be_edited_and_taken_away(monkeypatch, qtbot):
    monkeypatch.setattr(routing, "MOST_AT_ONCE", 40)
    scene = scene_of(big_document(80))
    names = list(scene.store.document.nodes)
    scene.store.edit("Remove", lambda d: remove_nodes(d, names[:20]))
    scene.store.edit("Move", lambda d: move(d, {names[30]: (-500.0, -500.0)}))
    qtbot.waitUntil(lambda: not waits(scene))
    assert {wire.source for wire in scene.wires}.isdisjoint(names[:20])
    for wire, item in scene.wires.items():
        end = scene.nodes[wire.target].port(wire.input, "input")
        assert item.course.points[-1] == end == item.path().currentPosition()
    scene.store.edit("Again", lambda d: move(d, {names[31]: (-900.0, -500.0)}))
    scene.store.open(Document())
    assert not scene.wires


@pytest.mark.usefixtures("qapp")
def test_a_picture_waits_for_no_wire(monkeypatch):
    document = big_document(80)
    at_once = scene_of(document)
    monkeypatch.setattr(routing, "MOST_AT_ONCE", 40)
    scene = scene_of(document)
    scene.prepare_picture({})
    assert courses(scene) == courses(at_once)
