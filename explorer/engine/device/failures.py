"""What went wrong, in words for people: the thing, the numbers, the next step."""

from __future__ import annotations

import errno
import traceback
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.datasets.dataset import DatasetError
from explorer.graph.document import Training
from explorer.plan.memory import Memory
from explorer.protocol.events import Cause, Cure, Failed

MOST_PIECES = 256  # of a batch, and the least rate: as the training settings allow
LEAST_RATE = 1e-6
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORWARD = ("explorer.engine.network.build", "_computed")  # module and function of the forward pass
OUT_OF_MEMORY = ("out of memory", "DefaultCPUAllocator", "alloc_cpu")


class EngineError(ValueError):
    """Something that the engine can't do as asked; its text is for people."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where it began: the node, what happened there and the likely reason, a sentence each."""

    node: str
    told: str
    reason: str
    cause: Cause
    advice: str = ""


def in_words(
    error: Exception,
    step: int = 0,
    batch: int = 0,
    node: str = "",
    told: str = "",
    memory: Memory | None = None,
) -> str:
    """The message for people; `batch`, `step` and `memory` are those of the training that was under
    way. `node` made it fail, by doing what is `told`; by default as the traceback says.
    """
    node = node or node_of(error)
    if out_of_memory(error):
        return _out_of_memory(step, batch, memory)
    if isinstance(error, EngineError | DatasetError):
        return str(error)
    if isinstance(error, OSError):
        place = f" {error.filename}" if error.filename else ""
        if error.errno in FULL:
            return (
                f"There is no room for the file{place}: {error.strerror}. "
                "Make room on the disk, or choose another place."
            )
        return (
            f"The file{place} could not be used: {error.strerror or error}. Choose another place."
        )
    where = f" at step {step:,}" if step else ""
    words = f"{told or first_line(error)} ({type(error).__name__})"
    if node:
        return f"{node} failed{where}: {words}. Change {node}, or what leads into it."
    return f"torch refused{where}: {words}."


def first_line(error: BaseException) -> str:
    """What an exception says, without its details."""
    return (str(error).strip() or "no reason given").splitlines()[0].rstrip(".")


def node_of(error: Exception) -> str:
    """The node whose operation raised, by the frames of the traceback; empty where none did, and
    where memory ran out: others had taken it.
    """
    if out_of_memory(error):
        return ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        home = frame.f_globals.get("__name__"), frame.f_code.co_name
        if home == FORWARD and "operation" in frame.f_locals:
            node: str = frame.f_locals["operation"].node
            return node
    return ""


def out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on an accelerator or on the CPU (there a plain RuntimeError)."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in OUT_OF_MEMORY)


def _out_of_memory(step: int, batch: int, memory: Memory | None) -> str:
    most = f": {memory.told}" if memory is not None and memory.culprit else ""
    if batch <= 1 or (memory is not None and not memory.smaller_batch_helps):
        return (
            f"There is not enough memory for this network{most}. Use fewer channels or features; "
            "a smaller batch would not help."
        )
    return (
        f"There is not enough memory for step {step:,} with batch {batch:,}{most}. "
        f"Set batch to {max(1, batch // 4):,}, or accumulate to 4, and train again."
    )


def stopped_by(
    error: BaseException, step: int, newest: Path | None, final: bool
) -> tuple[str, tuple[Cure, ...]]:
    """The message of a fault of the program itself; `step`: of a run that it ended."""
    where = f" at step {step:,} of the run" if step else ""
    told = f"The engine failed{where}: {first_line(error)} ({type(error).__name__})."
    if final:
        told += " This happened again and again, so it has stopped."
        return f"{told} Save the document and start the program anew.", ()
    told += " It was started anew; the drawing is as it was."
    if newest is None:
        return f"{told} Press Train to train again.", ()
    saved = int(newest.stem.rpartition("-")[2])
    told += f" The run ended there; it can be resumed from its checkpoint of step {saved:,}."
    return told, (Cure("Resume", "resume"),)


def node_in(error: Exception, memory: Memory | None) -> str:
    """The node that raised, or that takes most of the memory that has run out."""
    culprit = memory.culprit if memory is not None and out_of_memory(error) else ""
    return node_of(error) or culprit


def cause_of(error: Exception, node: str) -> Cause:
    """Of a step that failed, in this node or who knows where."""
    if out_of_memory(error):
        return "memory"
    return "block" if node else ""


def cures_of(
    error: Exception, training: Training, step: int, memory: Memory | None = None
) -> tuple[Cure, ...]:
    """What can be done after a training step that failed: nothing where it is not the batch that
    takes the memory.
    """
    if not out_of_memory(error) or (memory is not None and not memory.smaller_batch_helps):
        return ()
    cures: list[Cure] = []
    pieces = max(4, 2 * training.accumulate)
    if pieces <= min(MOST_PIECES, training.batch // 2):
        cures.append(Cure(f"Accumulate {pieces}", "go on", {"accumulate": pieces}))
    if training.batch > 1:
        batch = max(1, training.batch // 4)
        label = f"Batch {batch:,}" + (" from the start" if step else "")
        cures.append(Cure(label, "anew", {"batch": batch}))
    return tuple(cures)


def step_failed(
    run: int,
    error: Exception,
    step: int,
    training: Training,
    memory: Memory | None,
    node: str,
    told: str,
) -> Failed:
    """A step that raised; `node` made it fail, by doing what is `told`."""
    message = in_words(error, step, training.batch, node, told, memory)
    details = "".join(traceback.format_exception(error))
    cures = cures_of(error, training, step - 1, memory)
    node = node or node_in(error, memory)
    return Failed(run, "training", message, details, 0, node, cures, cause_of(error, node))


def not_finite(
    run: int, loss: float, step: int, rate: float, good_step: int, origin: Origin | None
) -> Failed:
    """A loss that left the numbers: where it began, why, and what to do."""
    weights = "The initial weights" if good_step == 0 else f"The weights of step {good_step:,}"
    began = f"The loss became {loss} at step {step:,} with rate {rate:g}"
    if origin is None:
        began += ": the steps are too large."
    else:
        began += f". It began in {origin.node}: {origin.told}; {origin.reason}."
    slower = max(LEAST_RATE, rate / 10)
    advice = f"Set the rate to {slower:g} and go on, or rewind."
    if origin is not None and origin.cause == "half":
        advice = "Train with bfloat16 or float32, or rewind."
    elif origin is not None and origin.advice:
        advice = f"{origin.advice}, or set the rate to {slower:g}, and go on or rewind."
    return Failed(
        run,
        "training",
        f"{began} {weights} are back in place. {advice}",
        node=origin.node if origin is not None else "",
        cures=_cures_of(origin, slower, rate),
        cause=origin.cause if origin is not None else "rate",
    )


def _cures_of(origin: Origin | None, slower: float, rate: float) -> tuple[Cure, ...]:
    rewind = Cure("Rewind", "rewind")
    if origin is not None and origin.cause == "half":
        wider = {"precision": "bfloat16"}
        return (Cure("bfloat16 from the start", "anew", wider), rewind)
    if slower >= rate:
        return (rewind,)
    return (Cure("Rate / 10 and go on", "go on", {"rate": slower}), rewind)
