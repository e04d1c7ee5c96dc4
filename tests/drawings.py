"""Random drawings by the program's own edits, as a hand makes them: unfinished, twice, wrong."""

import random

from explorer.blocks.catalogue import catalogue
from explorer.datasets.catalogue import datasets
from explorer.graph import edits
from explorer.graph.document import Document, Wire
from explorer.graph.edits import EditError
from explorer.graph.groups import make_group, set_repeat
from explorer.graph.names import BadName
from explorer.plan.documents import examples, read
from tests.making import block

KINDS = sorted(catalogue())
EXAMPLES = [read(file).document for file in examples().values()]
FEW = [place for place, document in enumerate(EXAMPLES) if len(document.nodes) < 16]


def add(document, chance):
    kind = chance.choice([*KINDS, "input", "output", "add", "concatenate", "linear"])
    document, name = edits.add_node(document, block(kind))
    others = [each for each in document.nodes if each != name]
    if others and chance.random() < 0.7 and document.nodes[name].block.inputs:
        document = wire(document, chance.choice(others), name, chance)
    return document


def wire(document, source, target, chance):
    outputs, inputs = document.nodes[source].block.outputs, document.nodes[target].block.inputs
    if not outputs or not inputs:
        return document
    return edits.connect(
        document, Wire(source, target, chance.choice(outputs), chance.choice(inputs))
    )


def connect(document, chance):
    return wire(
        document, chance.choice([*document.nodes]), chance.choice([*document.nodes]), chance
    )


def cut(document, chance):
    return edits.disconnect(document, chance.sample(document.wires, min(1, len(document.wires))))


def remove(document, chance):
    return edits.remove_nodes(document, [chance.choice([*document.nodes])], chance.random() < 0.5)


def paste_some(document, chance):
    some = chance.sample([*document.nodes], chance.randint(1, len(document.nodes)))
    return edits.paste(document, edits.fragment(document, some))[0]


def paste_all(document, chance):
    return edits.paste(document, edits.fragment(document, document.nodes))[0]


def paste_example(document, chance):
    other = EXAMPLES[chance.choice(FEW)]
    return edits.paste(document, edits.fragment(other, other.nodes))[0]


def change(document, chance):
    node = document.nodes[chance.choice([*document.nodes])]
    wished = [each for each in node.block.parameters() if each.type == "int"]
    if not wished:
        return document
    field = chance.choice(wished)
    value = chance.randint(int(field.low), int(min(field.high, field.low + 40)))
    return edits.set_params(document, node.id, {field.name: value})


def group(document, chance):
    some = chance.sample([*document.nodes], min(len(document.nodes), chance.randint(1, 4)))
    return make_group(document, some)[0]


def repeat(document, chance):
    if not document.groups:
        return document
    return set_repeat(document, chance.choice(document.groups).name, chance.randint(1, 3))


def dataset(document, chance):
    return edits.set_dataset(document, chance.choice([*datasets(), "no such thing"]))


ONLY_WITH_NODES = [connect, connect, cut, remove, paste_some, paste_all, change, group, repeat]


def drawing(seed):
    """A document after some random edits; those that the program refuses are left out."""
    chance = random.Random(seed)
    document = EXAMPLES[chance.choice(FEW)] if chance.random() < 0.5 else Document()
    for _ in range(chance.randint(1, 12)):
        some = ONLY_WITH_NODES if 0 < len(document.nodes) < 40 else []
        act = chance.choice([add, add, dataset, paste_example, *some])
        try:
            document = act(document, chance)
        except (EditError, BadName):
            continue
    return document
