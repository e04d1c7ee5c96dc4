"""The question whether a user's file may run: its path, its sha256 and its text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.kit.named import named

WARNING = (
    "This file is a program. As a block it runs with all your rights: it can read, change and "
    "delete whatever you can. Add it only if you know what it does or who wrote it. If it changes, "
    "you will be asked again."
)


class TrustDialog(QDialog):
    """Accepted only after the box "I trust this file" was ticked."""

    def __init__(self, parent: QWidget, path: str, sha256: str, text: str) -> None:
        super().__init__(parent)
        self.setObjectName("trustDialog")
        self.setWindowTitle("Trust this file?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 560)
        column = QVBoxLayout(self)
        for name, words in (
            ("trustWarning", WARNING),
            ("trustPath", path),
            ("trustDigest", f"sha256 {sha256}"),
        ):
            label = named(QLabel(words), name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        shown = named(QPlainTextEdit(text), "trustText", "Text of the file")
        shown.setReadOnly(True)
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        column.addWidget(shown, 1)
        box = named(QCheckBox("I trust this file"), "trustBox")
        column.addWidget(box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accept = buttons.addButton("Let it run", QDialogButtonBox.ButtonRole.AcceptRole)
        named(accept, "trustAccept")
        accept.setEnabled(False)
        box.toggled.connect(accept.setEnabled)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        box.setFocus()
