"""Random blocks and inputs for the laws: whatever a block declares, within its limits but small."""

from dataclasses import replace

import torch
from hypothesis import strategies as st

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import edits
from explorer.graph.block import AXES, Block, Call, Shape, ShapeError
from explorer.graph.document import Document
from explorer.plan.plan import Plan, plan
from explorer.plan.step import Step

LAYERS = {kind: block for kind, block in catalogue().items() if block.role == "layer"}
SPAN = 9  # how far above its low limit a number is tried
SPANS = {"num_layers": 2}  # depth costs time and shows nothing new
BATCH = 2


def number(parameter):
    low = int(parameter.low)
    numbers = st.integers(low, int(min(parameter.high, low + SPANS.get(parameter.name, SPAN))))
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


BY_KIND = {
    "image": st.tuples(st.integers(1, 8), st.integers(1, 12), st.integers(1, 12)),
    "sequence": st.tuples(st.integers(1, 10), st.integers(1, 12)),
    "vector": st.tuples(st.integers(1, 40)),
    "tokens": st.tuples(st.integers(1, 12)),
}
assert BY_KIND.keys() == AXES.keys()
anything = st.sampled_from(list(BY_KIND)).flatmap(
    lambda kind: BY_KIND[kind].map(lambda dims: Shape(kind, dims))
)


@st.composite
def relatives(draw, first):
    """The shape again, or one that differs along some axes, or one of as many features."""
    dims = draw(BY_KIND[first.kind])
    kept = [draw(st.booleans()) for _ in dims]
    mixed = tuple(
        old if keep else new for old, new, keep in zip(first.dims, dims, kept, strict=True)
    )
    features = first.dims[0] if first.kind == "image" else first.dims[-1]
    choices = [first, first, Shape(first.kind, mixed), Shape("vector", (features,))]
    return draw(st.sampled_from(choices))


@st.composite
def cases(draw, block_class):
    """A block and input shapes: anything in one case of four; else made to fit by its fixes."""
    block = draw(blocks(block_class))
    if draw(st.integers(0, 3)) == 0:
        return block, tuple(draw(anything) for _ in block.inputs)
    fitting = []
    for kind, dims in BY_KIND.items():
        first = Shape(kind, draw(dims))
        shapes = (first, *(draw(relatives(first)) for _ in block.inputs[1:]))
        for tried in (shapes, (first,) * len(shapes)):
            better = mended(block, tried)
            if len(better.inputs) == len(tried) and accepted(better, tried) is not None:
                fitting.append((better, tried))
                break
    return draw(st.sampled_from(fitting)) if fitting else (block, shapes)


def mended(block, shapes, tries=6):
    """The block after the changes that it proposes itself."""
    for _ in range(tries):
        error = refused(block, shapes)
        changes = dict(error.fix.changes) if error and error.fix else {}
        if not changes:
            return block
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


def sample(block, shape, batch=BATCH, device=None):
    """A batch of this shape: random numbers, or tokens that the block knows."""
    if shape.kind == "tokens":
        known = getattr(block, "num_embeddings", 2)
        return torch.randint(known, (batch, *shape.dims), device=device)
    return torch.randn(batch, *shape.dims, device=device)


class Part(Block):
    """Some numbers of a long vector as a shape: an port's share of the network's one input."""

    start: int
    size: int
    dims: tuple[int, ...]
    whole: bool = False

    def layer(self, *shapes):
        sizes = ", ".join(map(str, self.dims))
        cut = f"{{x}}[:, {self.start}:{self.start + self.size}].reshape(-1, {sizes})"
        return Call.function(f"{cut}.long()" if self.whole else cut)


class Joined(Block):
    """All outputs in one row, so that none goes unread."""

    ports: int

    @property
    def inputs(self):
        return tuple(f"part{place}" for place in range(self.ports))

    def layer(self, *shapes):
        parts = ", ".join(f"{{{port}}}.flatten(1)" for port in self.inputs)
        return Call.function(f"torch.cat([{parts}], dim=1)")


def side_by_side(pairs):
    """A plan of these blocks beside each other on one long vector, all outputs in a row."""
    steps, ends, start = [], [], 0
    for place, (block, shapes) in enumerate(pairs):
        sources = []
        for port, shape in zip(block.inputs, shapes, strict=True):
            part = Part(start=start, size=shape.size, dims=shape.dims, whole=shape.kind == "tokens")
            steps.append(step(f"in{place}_{port}", part, [("input", "y")], shapes, (shape,)))
            sources.append((f"in{place}_{port}", "y"))
            start += shape.size
        name = f"node{place}"
        outputs = block.output_shapes(*shapes)
        steps.append(step(name, block, sources, shapes, outputs))
        ends += [(name, port, shape) for port, shape in zip(block.outputs, outputs, strict=True)]
    row = Shape("vector", (sum(shape.size for *_, shape in ends),))
    values = [(name, port) for name, port, _ in ends]
    steps.append(step("row", Joined(ports=len(ends)), values, (), (row,)))
    bare, _ = edits.add_node(Document(title="Law"), block_of("input")(), name="input")
    return replace(
        Plan(bare, plan(bare).dataset, tuple(steps)),
        source=("input", "y"),
        result=("row", "y"),
    )


def step(name, block, sources, shapes, outputs):
    weights = block.weight_count(*shapes)
    call = block.layer(*shapes)
    return Step(name, block, call, tuple(sources), shapes, outputs, weights, 0)


def long_vector(pairs, batch=BATCH):
    """An input for `side_by_side`."""
    parts = [
        sample(block, shape, batch).flatten(1).float()
        for block, shapes in pairs
        for shape in shapes
    ]
    return torch.cat(parts, dim=1)
