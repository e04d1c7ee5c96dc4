"""Random blocks and inputs for the laws: whatever a block declares, within its limits but small."""

from hypothesis import strategies as st

from explorer.blocks.catalogue import catalogue
from explorer.graph.block import Shape, ShapeError

LAYERS = {kind: block for kind, block in catalogue().items() if block.role == "layer"}
SPAN = 9  # how far above its low limit a number is tried


def number(parameter):
    low = int(parameter.low)
    numbers = st.integers(low, int(min(parameter.high, low + SPAN)))
    return st.none() | numbers if parameter.optional else numbers


def value(parameter):
    return {
        "int": lambda: number(parameter),
        "float": lambda: st.floats(parameter.low, parameter.high),
        "bool": st.booleans,
        "choice": lambda: st.sampled_from(parameter.choices),
    }[parameter.type]()


def blocks(block_class):
    fields = {parameter.name: value(parameter) for parameter in block_class.parameters()}
    return st.fixed_dictionaries(fields).map(lambda values: block_class(**values))


BY_KIND = (
    st.tuples(st.integers(1, 8), st.integers(1, 12), st.integers(1, 12)).map(
        lambda dims: Shape("image", dims)
    ),
    st.tuples(st.integers(1, 10), st.integers(1, 12)).map(lambda dims: Shape("sequence", dims)),
    st.integers(1, 40).map(lambda size: Shape("vector", (size,))),
)


@st.composite
def cases(draw, block_class):
    """A block and input shapes: anything in one case of three; else made to fit by its fixes."""
    block = draw(blocks(block_class))
    if draw(st.integers(0, 2)) == 0:
        return block, tuple(draw(st.one_of(BY_KIND)) for _ in block.inputs)
    fitting = []
    for shape in draw(st.tuples(*BY_KIND)):
        shapes = (shape,) * len(block.inputs)
        better = mended(block, shapes)
        if accepted(better, shapes) is not None:
            fitting.append((better, shapes))
    return draw(st.sampled_from(fitting)) if fitting else (block, (shape,) * len(block.inputs))


def mended(block, shapes, tries=6):
    """The block after the changes that it proposes itself."""
    for _ in range(tries):
        error = refused(block, shapes)
        changes = dict(error.fix.changes) if error and error.fix else {}
        block = type(block)(**{**block.values(), **changes})
    return block


def refused(block, shapes):
    """The error with which the block refuses, or None."""
    try:
        block.output_shapes(*shapes)
    except ShapeError as error:
        return error
    return None


def accepted(block, shapes):
    """The output shapes, or None where the block refuses."""
    return None if refused(block, shapes) else block.output_shapes(*shapes)
