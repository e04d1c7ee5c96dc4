"""All that the command palette finds: commands, panels, examples, datasets, blocks, settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from explorer.blocks.catalogue import GROUPS, catalogue
from explorer.datasets.catalogue import datasets
from explorer.graph.block import Parameter, UnknownBlock
from explorer.graph.document import SECTIONS, Training
from explorer.plan.documents import examples, title_of
from explorer.ui.window.actions import Deed
from explorer.ui.window.command_palette import Entry
from explorer.ui.window.window import MainWindow


def commands(deeds: list[Deed | None]) -> list[Entry]:
    """What the menus have."""
    return [
        Entry(d.menu, d.text.replace("&", "").rstrip(".…"), d.do, d.told_keys, d.tip)
        for d in deeds
        if d is not None
    ]


def destinations(window: MainWindow) -> list[Entry]:
    """What else can be reached by its name, as the document is now."""
    return [
        *_panels(window),
        *_choices(window),
        *_blocks(window),
        *_settings(window),
    ]


def _panels(w: MainWindow) -> Iterator[Entry]:
    for name in w.docks.names:
        yield Entry("Panel", w.docks.title(name), partial(w.docks.show, name), at_once=False)


def _choices(w: MainWindow) -> Iterator[Entry]:
    for name, file in examples().items():
        yield Entry("Example", title_of(file), partial(w.files.open_example, name), at_once=False)
    for name, dataset in datasets().items():
        use = partial(w.toolbar.use_dataset, name)
        yield Entry("Dataset", dataset.title, use, tip=dataset.summary, at_once=False)


def _blocks(w: MainWindow) -> Iterator[Entry]:
    for name, node in w.store.document.nodes.items():
        kind = node.block.name if isinstance(node.block, UnknownBlock) else node.block.title
        yield Entry("Go to block", name, partial(_go, w, name), tip=kind, at_once=False)
    for kind, block in catalogue().items():
        add = partial(w.canvas.insert, kind)
        tip = f"{GROUPS.get(block.group, '')}: {block.summary}"
        yield Entry("Add block", block.title, add, tip=tip, at_once=False)


def _go(w: MainWindow, name: str) -> None:
    if name in w.store.document.nodes:
        w.selection.set((name,))
        w.canvas.reveal((name,))
        w.ways.to_canvas()


def _settings(w: MainWindow) -> Iterator[Entry]:
    known = {each.name: each for each in Training.parameters()}
    for section, names in SECTIONS.items():
        for name in names:
            yield _setting(w, section, known[name], partial(w.ways.to_setting, name))
    one = w.selection.one
    node = w.store.document.nodes.get(one) if one is not None else None
    if node is not None and not isinstance(node.block, UnknownBlock):
        for parameter in node.block.form():
            yield _setting(w, node.id, parameter, partial(w.ways.to_parameter, parameter.name))


def _setting(w: MainWindow, of: str, parameter: Parameter, go: partial[None]) -> Entry:
    return Entry(f"Set {of}", parameter.name, go, tip=parameter.help, at_once=False)
