"""Which device is to be computed on, and telling the window of it."""

from __future__ import annotations

import torch

from explorer.engine.commands.bench import Bench
from explorer.engine.device.device import device_name
from explorer.engine.device.failures import EngineError
from explorer.engine.device.offers import chosen_device, devices
from explorer.engine.run.session import Session
from explorer.protocol.events import Device, Devices, Failed, Ready


class DeviceChoice:
    """What the user wants to compute on; a network that is there stays where it is."""

    def __init__(self, bench: Bench, wanted: str | None) -> None:
        self._bench = bench
        self.wanted = wanted  # None: the best there is
        self._there: tuple[Device, ...] = ()
        self._told_present = ""

    def find(self) -> None:
        """Tell what there is; a device that can't be used is replaced by the best one."""
        try:
            found, fault = chosen_device(self.wanted), None
        except EngineError as error:
            self.wanted, found, fault = None, chosen_device(), error
        self._there = devices()
        self._bench.tell(Ready(0, found.type, device_name(found), torch.__version__))
        self._tell()
        if fault is not None:
            message = f"{fault} {device_name(found)} is used."
            self._bench.tell(Failed(0, "choosing the device", message))

    def choose(self, name: str | None) -> None:
        """From now on this one; EngineError, and no change, where it can't be used."""
        self._there = devices()
        try:
            chosen_device(name)
            self.wanted = name
        finally:
            self._tell()

    def holds(self, session: Session) -> bool:
        """Whether the session is on the chosen device."""
        return session.device == chosen_device(self.wanted)

    def tell_if_moved(self) -> None:
        """The network at hand is on another device than was told."""
        if self._present != self._told_present:
            self._tell()

    def _tell(self) -> None:
        self._told_present = self._present
        chosen = str(chosen_device(self.wanted))
        self._bench.tell(Devices(0, self._there, chosen, self.wanted, self._present))

    @property
    def _present(self) -> str:
        session = self._bench.session
        return str(session.device) if session is not None else ""
