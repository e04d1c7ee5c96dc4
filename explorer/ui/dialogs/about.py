"""Help > About: what the program is, which versions it runs on, whose work is in it."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from explorer.ui.kit.application import IDENTIFIER, NAME
from explorer.ui.kit.icons import app_icon
from explorer.ui.kit.named import named

WHAT = (
    "Assemble, train and look inside neural networks. It works offline: no account, no server, no "
    "telemetry."
)
LICENCES = (
    "MIT licence. The bundled datasets and fonts keep their own: see the LICENSES.md beside them. "
    "Qt is used under the LGPL 3."
)
PARTS = (("PyTorch", "torch"), ("PySide6", "PySide6-Essentials"), ("pyqtgraph", "pyqtgraph"))


class About(QDialog):
    """objectName `aboutDialog`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "aboutDialog", f"About {NAME}")
        self.setWindowTitle(f"About {NAME}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        title = QLabel(f"{NAME} {_version(IDENTIFIER)}".rstrip())
        title.setProperty("role", "title")
        facts = named(_words("\n".join(_versions())), "aboutVersions")
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(10)
        for widget in (picture, title, _words(WHAT), facts, _words(LICENCES), buttons):
            column.addWidget(widget)
        self.setMinimumWidth(420)


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _versions() -> list[str]:
    system = f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()}"
    return [system, *(f"{name} {found}" for name, of in PARTS if (found := _version(of)))]


def _version(package: str) -> str:
    """Of an installed package; nothing where no record of it was installed."""
    # It brings a mail parser, for which the first paint would wait.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""
