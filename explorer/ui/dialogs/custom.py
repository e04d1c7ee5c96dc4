"""Users' files as blocks: choosing one, trusting it, and trying it in the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom
from explorer.graph.custom_file import Declared, FileFault, content_of, declared, digest
from explorer.graph.document import Document
from explorer.graph.edits import set_block, validation_message
from explorer.graph.texts import printable
from explorer.plan.custom_blocks import custom_blocks, untried
from explorer.protocol.commands import Command, Trial
from explorer.protocol.events import Event, Tried
from explorer.ui.dialogs.custom_dialog import TrustDialog
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store

TRUSTED = "trustedFiles"  # in the settings: JSON, a list of [path, sha256]


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file as it is now, read as text."""

    path: str
    sha256: str
    text: str
    declared: Declared


class CustomFiles(QObject):
    """Nothing here runs a file: it says which ones may, and asks the engine to try them."""

    added = Signal(object)  # Custom: a block to insert

    def __init__(
        self,
        parent: QWidget,
        store: Store,
        messages: MessageBar,
        settings: QSettings,
        send: Callable[[Command], None],
    ) -> None:
        super().__init__(parent)
        self._parent, self._store, self._messages = parent, store, messages
        self._settings, self._send = settings, send
        self._asked: set[tuple[Custom, tuple[Shape, ...]]] = set()
        self._recall()
        store.changed.connect(self._look)
        store.opened.connect(self._tell_untrusted)
        store.restored.connect(self._tell_untrusted)

    def ask_add(self) -> None:
        """Choose a file; its block is added once the user has said that they trust it."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._parent, "Add a custom block", "", "Python files (*.py)"
        )
        if chosen:
            self.offer(Path(chosen))

    def offer(self, path: Path) -> None:
        """Show a file; add its block if it is trusted."""
        file = self._read(path)
        if file is not None:
            self._show(file, lambda: self.added.emit(_block(file)))

    def ask_trust(self, node: str) -> None:
        """Show the file that a block needs, as it is now; a changed one becomes the block's."""
        block = self._store.document.nodes[node].block
        file = self._read(Path(block.path)) if isinstance(block, Custom) else None
        if file is not None and isinstance(block, Custom):
            self._show(file, lambda: self._take_over(node, block, file))

    def take(self, event: Event) -> None:
        """What a trial run has shown."""
        if isinstance(event, Tried):
            custom.remember(event.block, event.shapes, event.found)
            self._asked.discard((event.block, event.shapes))
            self._store.refresh()

    def _read(self, path: Path) -> UserFile | None:
        try:
            content = content_of(path)
            found = declared(content)
            file = UserFile(str(path.absolute()), digest(content), content.decode(), found)
            _block(file)  # what no document can hold is no block: a path that is not UTF-8
            return file
        except OSError as error:
            reason = error.strerror or str(error)
            self._messages.tell("error", f"{path} can't be read: {reason}.")
        except FileFault as error:
            self._messages.tell("error", f"{path.name} can't be a block: {error}.")
        except ValidationError as error:
            why = validation_message(error)
            self._messages.tell("error", f"{printable(path.name)} can't be a block: {why}.")
        return None

    def _show(self, file: UserFile, agreed: Callable[[], object]) -> None:
        dialog = TrustDialog(self._parent, file.path, file.sha256, file.text)

        def trust() -> None:
            custom.trust(file.path, file.sha256, file.text)
            pairs = [pair for pair in self._trusted() if pair != [file.path, file.sha256]]
            self._settings.setValue(TRUSTED, json.dumps([*pairs, [file.path, file.sha256]]))
            agreed()
            if file.path in self._messages.text:
                self._messages.hide()
            self._store.refresh()

        dialog.accepted.connect(trust)
        dialog.open()

    def _take_over(self, node: str, block: Custom, file: UserFile) -> None:
        changed = _block(file, block)
        if changed != block:
            self._store.edit(f"Use {Path(file.path).name} as it is now", _setting(node, changed))

    def _trusted(self) -> list[list[str]]:
        try:
            pairs = json.loads(str(self._settings.value(TRUSTED, "[]")))
        except (ValueError, RecursionError):
            return []
        found = pairs if isinstance(pairs, list) else []
        return [p for p in found if isinstance(p, list) and list(map(type, p)) == [str, str]]

    def _recall(self) -> None:
        """Files that were trusted in earlier sessions, if they are still the same."""
        for path, sha256 in self._trusted():
            try:
                content = content_of(Path(path))
            except (OSError, ValueError):  # ValueError: no path at all
                continue
            if digest(content) == sha256:
                custom.trust(path, sha256, content.decode())

    def _look(self) -> None:
        """Try what is trusted and not tried yet."""
        for block, shapes in untried(self._store.plan):
            if (block, shapes) not in self._asked:
                self._asked.add((block, shapes))
                self._send(Trial(block, shapes))

    def tell_changed(self) -> None:
        """Say which trusted files are not as they were: blocks run as they were trusted."""
        for name, block in custom_blocks(self._store.document).items():
            if custom.text_of(block) is None:
                continue
            try:
                same = digest(content_of(Path(block.path))) == block.sha256
            except OSError:
                continue
            if not same:
                self._messages.tell(
                    "warning",
                    f"{block.path} has changed since you trusted it. {name} runs as it was.",
                    actions=(("Look at the file…", partial(self.ask_trust, name)),),
                )

    def _tell_untrusted(self) -> None:
        blocks = custom_blocks(self._store.document).items()
        waiting = [(name, block) for name, block in blocks if custom.text_of(block) is None]
        if waiting:
            name, block = waiting[0]
            self._messages.tell(
                "warning",
                f"{name} needs {block.path}, which you have not trusted yet, or which has changed "
                "since. Nothing of it has been run; the block is disabled.",
                actions=(("Look at the file…", partial(self.ask_trust, name)),),
            )


def _block(file: UserFile, before: Custom | None = None) -> Custom:
    """The file's block; of parameters that it had before the values stay."""
    old = before.given if before is not None else {}
    given = {
        name: old[name] if type(old.get(name)) is type(value) else value
        for name, value in file.declared.parameters
    }
    return Custom(
        path=file.path,
        class_name=file.declared.class_name,
        sha256=file.sha256,
        ports=file.declared.ports,
        arguments=json.dumps(given),
    )


def _setting(node: str, block: Custom) -> Callable[[Document], Document]:
    return lambda document: set_block(document, node, block)
