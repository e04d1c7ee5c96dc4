"""Random drawings for the laws on layout and groups."""

import contextlib

from hypothesis import strategies as st

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import ConnectError, EditError, add_node, connect, move
from explorer.graph.groups import fold, make_group


@st.composite
def grouped(draw, most=16):
    """A drawing of any wires, with groups of any members that may be one, folded or not."""
    kinds = catalogue()
    count = draw(st.integers(3, most))
    document = Document()
    for place in range(count):
        document, _ = add_node(document, kinds["concatenate" if place % 3 else "relu"]())
    names = list(document.nodes)
    for one, other, port in draw(
        st.lists(st.tuples(*[st.integers(0, count - 1)] * 2, st.integers(0, 1)), max_size=2 * count)
    ):
        inputs = document.nodes[names[other]].block.inputs
        with contextlib.suppress(ConnectError):
            document = connect(
                document, Wire(names[one], names[other], "y", inputs[port % len(inputs)])
            )
    for members in draw(st.lists(st.sets(st.sampled_from(names), min_size=1), max_size=4)):
        with contextlib.suppress(EditError):
            document, name = make_group(document, members)
            document = fold(document, name, draw(st.booleans()))
    places = st.tuples(st.integers(-40, 40), st.integers(-40, 40))
    return move(
        document,
        {
            name: (x * 12.0, y * 12.0)
            for name, (x, y) in zip(names, (draw(places) for _ in names), strict=True)
        },
    )
