"""Exports a session's network, and tells which weights of which run were written."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from explorer.datasets import catalogue
from explorer.engine.device import device as devices
from explorer.engine.export.run import export
from explorer.engine.step.evaluate import score
from explorer.protocol.commands import ExportFormat
from explorer.protocol.events import Exported

if TYPE_CHECKING:
    from explorer.engine.network.build import Network
    from explorer.engine.run.session import Session

TOLERANCE = 1e-4


def exported(
    session: Session, request: int, form: ExportFormat, path: Path, report: Callable[[str], None]
) -> Exported:
    """Write the files and run them against the network; `report` is told what is being done."""
    forked = [session.device] if session.device.type == "cuda" else []
    dataset = session.plan.document.dataset
    with torch.random.fork_rng(forked):  # the training's random numbers are not touched
        files, samples, difference = export(
            _portable(session.network), session.plan, catalogue.load(dataset), form, path, report
        )
    run = session.run
    best = run.best.epoch if run is not None and run.best.in_place else 0
    accuracy = _accuracy(session, report) if session.step else None
    done = (session.moment.run, request, form, files, samples, difference, difference <= TOLERANCE)
    return Exported(*done, session.step, accuracy, best)


def _accuracy(session: Session, report: Callable[[str], None]) -> float:
    """On all test samples; `report` is called between pieces, where nobody has measured yet."""
    known, doing = session.known_accuracy, "Measuring the accuracy of what was exported"
    if known is not None:
        return known
    data = session.data
    return score(session.network, data, data.test, between=lambda: report(doing)).accuracy


def _portable(network: Network) -> Network:
    """A copy as it answers: on the CPU, plain layout."""
    copied = copy.deepcopy(network).cpu().float().eval()
    return devices.laid_out(copied, torch.contiguous_format)
