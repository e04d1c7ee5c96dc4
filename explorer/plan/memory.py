"""What a training takes of the machine's memory, from the plan alone: before anything is built."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.plan.amounts import amount
from explorer.plan.machine import memory_bytes
from explorer.plan.plan import Plan
from explorer.plan.step import Step

SHARE = 0.25  # of the machine's memory: more is not built unless it was asked for
UNASKED_SHARE = 1 / 16  # what the views may take of a network that nobody has trained yet,
UNASKED_MOST = 256_000_000  # and no more bytes than this
BYTES = {"float64": 8}  # of a number, by precision; 4 of all others: mixed ones keep both
MOMENTS = {"sgd": 1}  # that an optimiser keeps of each weight; 2 of Adam's kind
MEASURED = (64, 1000)  # samples measured at once: at least, at most
HELPS = 0.25  # share of the activations from which on a smaller batch is worth a try
LITTLE = 64_000_000  # bytes: no training that takes less is to blame where memory runs out


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a training takes, and the block that takes most of them."""

    weights: int  # with gradients, the optimiser's state and the copies to go back to
    activations: int  # of a batch, kept until the backward pass
    node: str
    most: int  # that this block takes

    @property
    def total(self) -> int:
        """Of all."""
        return self.weights + self.activations

    @property
    def smaller_batch_helps(self) -> bool:
        """Whether it may be the activations that take it."""
        return self.activations > HELPS * self.total or self.weights < LITTLE

    @property
    def culprit(self) -> str:
        """The block, where the training takes so much that it is to blame."""
        return self.node if self.total >= LITTLE else ""

    @property
    def told(self) -> str:
        """The block, as a clause."""
        return f"{self.node} takes most of it, about {amount(self.most)}"


def memory_of(plan: Plan) -> Memory:
    """Of a training with the plan's settings in float32 or float64. What a layer needs within
    itself, as attention's maps or an LSTM's gates, is not counted: it is a lower bound.
    """
    training = plan.document.training
    size, copies = BYTES.get(training.precision, 4), _copies(training.optimiser)
    samples = max(1, -(-training.batch // training.accumulate))
    by_node = {
        step.node: (step.weights * copies * size, _given(step) * samples * size)
        for step in plan.steps
    }
    node = max(by_node, key=lambda name: sum(by_node[name]), default="")
    kept = sum(activations for _, activations in by_node.values())
    return Memory(
        sum(weights for weights, _ in by_node.values()),
        max(kept, _measuring(plan, size)),
        node,
        sum(by_node.get(node, ())),
    )


def _copies(optimiser: str) -> int:
    """Weights, their gradients and the optimiser's moments; weights and moments twice more, to go
    back to when a loss leaves the numbers; the weights of the best epoch.
    """
    moments = MOMENTS.get(optimiser, 2)
    return 2 + moments + 2 * (1 + moments) + 1


def _given(step: Step) -> int:
    return sum(shape.size for shape in step.output_shapes) * step.copies


def _measuring(plan: Plan, size: int) -> int:
    """On test samples nothing is kept: the widest operation counts."""
    least, most = MEASURED
    samples = max(least, min(most, plan.document.training.batch))
    widest = max(
        (sum(shape.size for shape in (*s.input_shapes, *s.output_shapes)) for s in plan.steps),
        default=0,
    )
    return widest * samples * size


def too_large(plan: Plan, processes: int = 1) -> str:
    """Why a training is not begun unless it was asked for: numbers and the block, in a sentence;
    empty where it is small enough for this machine. `processes` of them train together.
    """
    found, whole = memory_of(plan), memory_bytes()
    total = found.weights * processes + found.activations
    if not whole or total <= SHARE * whole:
        return ""
    batch = plan.document.training.batch
    advice = f"a batch smaller than {batch:,}" if found.smaller_batch_helps else "fewer features"
    return (
        f"Training takes about {amount(total)} of memory, and this machine has {amount(whole)}. "
        f"{found.told}. Try {advice} there first."
    )


def why_it_waits(plan: Plan) -> str:
    """What is told where `too_large_unasked` says so."""
    found = memory_of(plan)
    return (
        f"This network is large: a training takes about {amount(found.total)} of memory. "
        f"{found.told}. Nothing is built before you press Train; the pad and the views wait."
    )


def too_large_unasked(plan: Plan) -> bool:
    """Whether views of an untrained network should wait until it is trained."""
    size = BYTES.get(plan.document.training.precision, 4)
    shown = (plan.weights + sum(_given(step) for step in plan.steps)) * size
    most = min(UNASKED_MOST, UNASKED_SHARE * (memory_bytes() or UNASKED_MOST / UNASKED_SHARE))
    return shown > most or bool(too_large(plan))
