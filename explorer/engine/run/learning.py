"""Whether a run has learnt anything by the end of an epoch."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from torch import nn

from explorer.engine.network.build import Network, run
from explorer.engine.step.data import Data
from explorer.engine.step.evaluate import answering
from explorer.protocol.events import EpochDone, LearntNothing

SAMPLES = 64  # that must all be zero behind a block
DEVIATIONS = 3.0  # of the accuracy that guessing would give


def learnt_nothing(
    done: EpochDone, network: nn.Module, data: Data, most: int
) -> LearntNothing | None:
    """What to say after an epoch, or None. At most so many samples are computed at once."""
    accuracy, chance, limit = _odds(done.confusion)
    dead = dead_blocks(network, data, most) if isinstance(network, Network) else ()
    if accuracy > limit and not dead:
        return None
    return LearntNothing(done.run, done.epoch, accuracy, chance, accuracy <= limit, dead)


def _odds(confusion: NDArray[np.int64]) -> tuple[float, float, float]:
    """Of counts over all test samples (rows: truth): the accuracy, that of naming always the
    commonest class, and the most that chance could make of it.
    """
    total = int(confusion.sum())
    chance = float(confusion.sum(axis=1).max()) / total
    spread = math.sqrt(chance * (1 - chance) / total)
    return float(confusion.trace()) / total, chance, chance + DEVIATIONS * spread


def dead_blocks(network: Network, data: Data, most: int) -> tuple[str, ...]:
    """Nodes that make zeros alone of what is not zero alone, for every one of some test samples."""
    inputs = data.test.inputs[: min(SAMPLES, most)]
    with answering(network):
        values = run(network, data.normalised(inputs))
    silent = {value for value, tensor in values.items() if not tensor.any()}
    fed = {place: value for value, place in network._places.items()}
    found = []
    for operation in network._operations:
        given = [fed.get(place) for place in operation.outputs]
        taken = [fed.get(place) for place in operation.inputs]
        if silent.issuperset(given) and not silent.issuperset(taken):
            found.append(operation.node)
    return tuple(dict.fromkeys(found))
