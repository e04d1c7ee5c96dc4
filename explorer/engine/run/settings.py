"""A run's training settings with others in their place."""

from __future__ import annotations

from pydantic import ValidationError

from explorer.engine.device.failures import EngineError
from explorer.graph.document import Training


def with_settings(training: Training, **changes: int) -> Training:
    """The settings with others in their place; EngineError where one is out of limits."""
    try:
        return training.changed(changes)
    except ValidationError as error:
        told = " and ".join(f"{name} {value:,}" for name, value in changes.items())
        raise EngineError(f"A run can't have {told}.") from error
