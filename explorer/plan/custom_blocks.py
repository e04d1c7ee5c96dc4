"""The blocks of a document that are written in users' files, and what is to be tried of them."""

from __future__ import annotations

from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom
from explorer.graph.document import Document
from explorer.plan.plan import Plan


def custom_blocks(document: Document) -> dict[str, Custom]:
    """By their nodes."""
    blocks = {name: node.block for name, node in document.nodes.items()}
    return {name: block for name, block in blocks.items() if isinstance(block, Custom)}


def untried(plan: Plan) -> list[tuple[Custom, tuple[Shape, ...]]]:
    """The trusted ones with the shapes that they get, where no trial run has shown theirs."""
    found = []
    for name, block in custom_blocks(plan.document).items():
        shapes = plan.input_shapes(name)
        if shapes is not None and custom.untried(block, shapes):
            found.append((block, shapes))
    return found
