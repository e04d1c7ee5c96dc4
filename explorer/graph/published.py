"""A document as strangers may have it, who get it within an exported file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import PureWindowsPath

from explorer.graph.custom import Custom
from explorer.graph.document import Document
from explorer.graph.edits import remove_nodes


def published(document: Document, asides: Collection[str] = ()) -> Document:
    """Without notes and the nodes that lead nowhere; a user's file by its name, not its place."""
    return replace(without_places(remove_nodes(document, asides)), notes=())


def without_places(
    document: Document, keep: Callable[[Custom], object] = lambda block: None
) -> Document:
    """Users' files by their names alone, except those that are to be kept."""
    nodes = dict(document.nodes)
    for name, node in document.nodes.items():
        if isinstance(node.block, Custom) and not keep(node.block):
            block = node.block.changed({"path": file_name(node.block.path)})
            nodes[name] = replace(node, block=block)
    return replace(document, nodes=nodes)


def file_name(path: str) -> str:
    """The last part of a path of any system."""
    return PureWindowsPath(path).name  # knows both kinds of slash
