"""Blocks by their kind: what most documents of the tests are made of."""

from explorer.blocks.catalogue import catalogue
from explorer.graph.block import Block


def block(kind: str, **parameters) -> Block:
    return catalogue()[kind](**parameters)
