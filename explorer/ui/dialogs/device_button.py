"""The device that networks are computed on: shown in the status bar, chosen from what there is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol.commands import Command, SetDevice
from explorer.protocol.events import Device, Devices, Ready, Started
from explorer.ui.kit.named import named

WIDTH, HIGHEST = 440, 560
NOTE = (
    "A network that is being trained or was trained stays where it is: the next run, or a recorded "
    "one that is resumed, is computed on the device chosen here."
)


class DeviceButton(QToolButton):
    """objectName `statusDevice`. Says what is computed on; a click shows what there is."""

    def __init__(self, send: Callable[[Command], None], settings: QSettings) -> None:
        super().__init__()
        named(self, "statusDevice", "Device")
        self._send, self._settings = send, settings
        self._known: Devices | None = None
        self._name = self._torch = ""
        self.setAutoRaise(True)
        self.setText("Loading PyTorch…")
        self.setEnabled(False)
        self.clicked.connect(self.choose)

    def take(self, event: Ready | Devices | Started) -> None:
        """What there is, and what is used."""
        if isinstance(event, Devices):
            self._known = event
            name = _names(event).get(event.present or event.chosen, "")
            if name.partition(",")[0] != self._name.partition(",")[0]:  # a run tells its threads
                self._name = name
            self.setEnabled(True)
        else:
            self._name = event.device_name
            if isinstance(event, Ready):
                self._torch = event.torch_version
        self._describe()

    def choose(self) -> None:
        """Show what there is."""
        if self._known is not None:
            chooser = DeviceChooser(self._known, self._use, self)
            chooser.move(self.mapToGlobal(QPoint(self.width(), 0)) - chooser.corner())
            chooser.open()

    def _use(self, device: str | None) -> None:
        self._settings.setValue("device", device or "")
        self._send(SetDevice(device))

    def _describe(self) -> None:
        known = self._known
        later = ""
        if known is not None and known.present not in ("", known.chosen):
            later = f" The next run: {_names(known).get(known.chosen, known.chosen)}."
        self.setText(f"{self._name} ▾" if known else self._name)
        self.setToolTip(
            f"Computed on {self._name}, by PyTorch {self._torch}.{later} "
            "Click to see what there is and choose."
        )
        self.setAccessibleName(f"Device: {self._name}")


class DeviceChooser(QDialog):
    """objectName `deviceChooser`. One choice for each device, with what it offers; those that
    can't be used say why.
    """

    def __init__(
        self, known: Devices, use: Callable[[str | None], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        named(self, "deviceChooser", "Choose the device")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self._use = use
        self._group = QButtonGroup(self)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(14, 12, 14, 12)
        rows.setSpacing(3)
        words = "The best there is"
        if known.wanted is None:
            words += f" ({_names(known).get(known.chosen, known.chosen)})"
        self._add(rows, Device("", words), known.wanted is None)
        for each in known.devices:
            self._add(rows, each, known.wanted is not None and each.id == known.chosen)
        rows.addSpacing(6)
        rows.addWidget(_faint(NOTE))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        edge = 2 * scroll.frameWidth()
        self.resize(WIDTH, min(rows.totalHeightForWidth(WIDTH - edge) + edge, HIGHEST))

    def corner(self) -> QPoint:
        """The lower right one."""
        return QPoint(self.width(), self.height())

    def _add(self, rows: QVBoxLayout, device: Device, chosen: bool) -> None:
        button = QRadioButton(device.name)
        named(button, f"device_{device.id or 'best'}")
        button.setChecked(chosen)
        button.setEnabled(not device.missing)
        self._group.addButton(button)
        rows.addWidget(button)
        if device.missing:
            facts: tuple[tuple[str, str], ...] = (("", f"Not available: {device.missing}."),)
        else:
            facts = device.offers
        rows.addLayout(_table(facts))
        button.setAccessibleDescription("; ".join(f"{a} {b}".strip() for a, b in facts))
        button.clicked.connect(lambda: self._choose(device.id or None))

    def _choose(self, device: str | None) -> None:
        self._use(device)
        self.accept()


def _names(known: Devices) -> dict[str, str]:
    return {each.id: each.name for each in known.devices}


def _table(facts: tuple[tuple[str, str], ...]) -> QGridLayout:
    """What to the left, how far to the right; one without a what fills the line."""
    grid = QGridLayout()
    grid.setContentsMargins(24, 0, 0, 4)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    for row, (what, how) in enumerate(facts):
        if what:
            grid.addWidget(QLabel(what), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_faint(how), row, int(bool(what)), 1, 1 if what else 2)
    return grid


def _faint(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "faint")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
