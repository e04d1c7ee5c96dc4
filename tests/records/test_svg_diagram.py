"""A recorded network's drawing as SVG."""

from xml.etree import ElementTree

from hypothesis import given, settings

from explorer.graph.folding import drawn
from explorer.plan.plan import plan
from explorer.records.svg_diagram import diagram
from tests.graph.drawings import grouped


@given(grouped())
@settings(max_examples=40, deadline=None)
def test_a_group_s_frame_in_the_diagram_holds_its_members_only(document):
    drawing = ElementTree.fromstring(str(diagram(plan(document))))
    blocks = [rect for rect in drawing.iter() if "block" in rect.get("class", "").split()]
    bodies = dict(zip(drawn(document).nodes, map(box, blocks), strict=True))
    for frame in (box(rect) for rect in drawing.iter() if rect.get("class") == "frame"):
        inside = {name for name, body in bodies.items() if meets(frame, body)}
        assert any(
            all(name in group.members or lies_on_one(name, group, bodies) for name in inside)
            for group in document.groups
        )


def box(rect):
    x, y, wide, high = (float(rect.get(side)) for side in ("x", "y", "width", "height"))
    return x, y, x + wide, y + high


def meets(one, other):
    near = 0.2  # numbers in the picture are rounded
    across = one[0] < other[2] - near and other[0] < one[2] - near
    return across and one[1] < other[3] - near and other[1] < one[3] - near


def lies_on_one(name, group, bodies):
    return any(meets(bodies[name], bodies[member]) for member in group.members)
