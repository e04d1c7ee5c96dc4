"""What went wrong, in words for people: the thing, the numbers, the next step."""

from __future__ import annotations

import torch

from explorer.datasets.dataset import DatasetError

OUT_OF_MEMORY = ("out of memory", "DefaultCPUAllocator", "alloc_cpu")


class EngineError(ValueError):
    """Something that the engine can't do as asked; its text is for people."""


def in_words(error: Exception, step: int = 0, batch: int = 0) -> str:
    """The message for people; `batch` and `step` are those of the training that was under way."""
    if out_of_memory(error):
        return _memory(step, batch)
    if isinstance(error, EngineError | DatasetError):
        return str(error)
    if isinstance(error, OSError):
        place = f" {error.filename}" if error.filename else ""
        return (
            f"The file{place} could not be used: {error.strerror or error}. Choose another place."
        )
    first_line = (str(error).strip() or "no reason given").splitlines()[0]
    where = f" at step {step}" if step else ""
    return f"torch refused{where}: {first_line} ({type(error).__name__})."


def out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on an accelerator or on the CPU (there a plain RuntimeError)."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in OUT_OF_MEMORY)


def _memory(step: int, batch: int) -> str:
    if batch <= 1:
        return "There is not enough memory for this network. Use fewer channels or features."
    return (
        f"There is not enough memory for step {step} with batch {batch:,}. "
        f"Set batch to {max(1, batch // 4):,}, or accumulate to 4, and train again."
    )


def not_finite(loss: float, step: int, rate: float, good_step: int) -> str:
    """A loss that left the numbers, and what to do."""
    weights = "The initial weights" if good_step == 0 else f"The weights of step {good_step:,}"
    return (
        f"The loss became {loss} at step {step:,} with rate {rate:g}: the steps are too large. "
        f"{weights} are back in place. Set the rate to {rate / 10:g} and go on, or rewind."
    )
