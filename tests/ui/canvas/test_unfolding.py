"""Frames on the canvas hold members only, and unfolding makes room without scattering anything."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import Qt

from explorer.graph.edits import move
from explorer.graph.groups import make_group
from explorer.ui.canvas.editing import Editing
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store
from tests.graph.drawings import grouped
from tests.ui.canvas.conftest import row

ONCE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def foreign(scene):
    """Blocks in a frame that are no members of its group, but for those that lie on a member."""
    for name, frame in scene.frames.items():
        members = {m: scene.nodes[m].scene_body() for m in frame.framed.members}
        for other, item in scene.nodes.items():
            body = item.scene_body()
            lies_on_one = any(body.intersects(member) for member in members.values())
            if other not in members and not lies_on_one:
                yield from ((name, other) for part in frame.parts if part.intersects(body))


def overlapping(scene):
    bodies = {name: item.scene_body() for name, item in scene.nodes.items()}
    for (one, a), (other, b) in itertools.combinations(bodies.items(), 2):
        if a.intersects(b):
            yield one, other


def places(document):
    return {name: (node.x, node.y) for name, node in document.nodes.items()}


@given(grouped())
@settings(max_examples=40, deadline=None, suppress_health_check=ONCE)
def test_frames_hold_members_only(qapp, document):
    scene = CanvasScene(Store(document), Selection(), Theme())
    assert not list(foreign(scene))
    Editing(scene).arrange()
    assert not list(foreign(scene))
    assert all(len(frame.parts) == 1 for frame in scene.frames.values())


@given(grouped())
@settings(max_examples=60, deadline=None, suppress_health_check=ONCE)
def test_unfolding_after_arranging_scatters_nothing(qapp, document):
    store = Store(document)
    scene = CanvasScene(store, Selection(), Theme())
    editing = Editing(scene)
    editing.arrange()
    for group in [group for group in store.document.groups if group.folded]:
        before, block = places(store.document), scene.nodes[group.name].scene_body()
        editing.groups.set_folded(group.name, folded=False)
        whole = scene.extent(group.members)
        assert not list(overlapping(scene))
        assert not list(foreign(scene))
        assert len(scene.frames[group.name].parts) == 1
        most_x = max(whole.width() - block.width(), 0.0) / 2 + 24
        most_y = max(whole.height() - block.height(), 0.0) / 2 + 72  # frame and title, on the grid
        for name, (x, y) in places(store.document).items():
            moved = abs(x - before[name][0]), abs(y - before[name][1])
            assert moved[0] <= most_x, name
            assert moved[1] <= most_y, name
        unfolded = places(store.document)
        editing.groups.set_folded(group.name, folded=True)
        editing.groups.set_folded(group.name, folded=False)
        assert places(store.document) == unfolded


@pytest.fixture
def row_with_a_group(store, view, selection):
    loose = replace(row("input", "relu", "relu", "relu", "relu"), wires=())
    document, _ = make_group(loose, ["relu", "relu3"])
    store.open(move(document, {"relu4": (432.0, 240.0)}))
    return store


def test_a_block_between_two_members_is_in_no_frame(row_with_a_group, view):
    frame = view.canvas.frames["block1"]
    assert len(frame.parts) == 2
    body = view.canvas.nodes["relu2"].scene_body()
    assert not any(part.intersects(body) for part in frame.parts)
    assert not frame.shape().intersects(body)
    assert any(part.contains(frame.title_area()) for part in frame.parts)


def test_a_frame_parts_while_a_block_is_dragged_into_it(store, view, hand):
    loose = replace(row("input", "relu", "relu", "relu"), wires=())
    document, _ = make_group(loose, ["relu", "relu3"])
    store.open(move(document, {"relu2": (432.0, 320.0)}))
    view.fit()
    assert len(view.canvas.frames["block1"].parts) == 1
    start = view.node_position("relu2")
    end = view.mapFromScene(432.0, 0.0)
    hand.press(start)
    hand.go((start + end) / 2, end)
    assert len(view.canvas.frames["block1"].parts) == 2
    hand.key(Qt.Key.Key_Escape)
    assert len(view.canvas.frames["block1"].parts) == 1
