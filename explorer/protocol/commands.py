"""What the window or the command line asks of the engine: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.graph.block import Shape
from explorer.graph.custom import Custom
from explorer.plan.plan import Plan

Picture = NDArray[np.uint8]  # (C, H, W), raw values as the dataset stores them
ExportFormat = Literal["python", "onnx", "pt"]


@dataclass(frozen=True, slots=True)
class Prepare:
    """Build the plan's network with its initial weights, so that pad and views answer before
    training. Ends any run.
    """

    plan: Plan


@dataclass(frozen=True, slots=True)
class LetGo:
    """Have no network: what is drawn is too large to be built before anybody asks for it. Ends any
    run.
    """


@dataclass(frozen=True, slots=True)
class Train:
    """Start run number `run` from the initial weights of the plan's seed. `paused`: wait for Resume
    or StepOnce. `folder`: where checkpoints go, after each epoch and when the run is held or ends.
    """

    run: int
    plan: Plan
    paused: bool = False
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class ResumeRun:
    """Go on, as run number `run`, exactly where the checkpoint at `path` was written, with the
    settings it holds. Of a finished run: held at its end, ready for TrainMore.

    `plan`: what the caller shows; the checkpoint is refused unless it is of the same network.
    Without it the network is the one that the checkpoint's document draws.
    """

    run: int
    path: Path
    plan: Plan | None = None
    paused: bool = False
    folder: Path | None = None
    best: bool = False  # with the weights of the epoch whose test loss was smallest


@dataclass(frozen=True, slots=True)
class TrainMore:
    """Lengthen the run by some epochs and go on. From now on the rate is the one that a run of the
    new length has at this step: where it had fallen, it rises again. `folder`: for checkpoints
    from now on; None leaves it as it was.
    """

    epochs: int
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the run after the present step."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with a held run."""


@dataclass(frozen=True, slots=True)
class StepOnce:
    """One training step of a held run."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run; its network stays for pad, views and export."""


@dataclass(frozen=True, slots=True)
class UseBest:
    """Put the weights of the epoch with the smallest test loss in place, once a run has ended."""


@dataclass(frozen=True, slots=True)
class SetEpochs:
    """The run's whole length, from the next step on, without letting a held one go on. From now
    on the rate is the one that a run of this length has.
    """

    epochs: int


@dataclass(frozen=True, slots=True)
class Rewind:
    """Back to the very same initial weights, data order and step 0; the run is held there."""


@dataclass(frozen=True, slots=True)
class SetRate:
    """Learning rate from the next step on."""

    rate: float


@dataclass(frozen=True, slots=True)
class SetWeightDecay:
    """Weight decay from the next step on."""

    weight_decay: float


@dataclass(frozen=True, slots=True)
class SetDropout:
    """Probability with which a node drops values, from the next step on."""

    node: str
    p: float


@dataclass(frozen=True, slots=True)
class SetAccumulate:
    """In how many pieces a batch is computed, from the next step on."""

    pieces: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What to observe from now on, until the next Watch.

    `focus`: the nodes whose full activations a visible panel shows.
    `thumbnails`: a small picture of every node.
    `sample`: an index into the held-out samples, or a picture of the user's own.
    `dataset`: the id of the one that the sample is of. While the network reads another one, or
    takes pictures of another size, nothing is observed: the watch is void.
    """

    focus: frozenset[str] = frozenset()
    thumbnails: bool = False
    sample: int | Picture = 0
    dataset: str = ""  # of any


@dataclass(frozen=True, slots=True)
class Predict:
    """Class probabilities of a picture; of several waiting only the latest is answered.

    `dataset`: the id of the one that the picture was drawn for. A question that has become void is
    not answered at all: there is no network, or it reads another dataset, or other sizes.
    """

    request: int
    picture: Picture
    dataset: str = ""  # of any; then it is told why there is no answer


@dataclass(frozen=True, slots=True)
class Export:
    """Write the network to `path` (its suffix is the format's) and check the written files against
    the live network.
    """

    request: int
    format: ExportFormat
    path: Path


@dataclass(frozen=True, slots=True)
class LoadWeights:
    """Build the plan's network and fill it from a .safetensors file. Ends any run."""

    plan: Plan
    path: Path


@dataclass(frozen=True, slots=True)
class SaveWeights:
    """Write the network's weights as .safetensors."""

    path: Path


@dataclass(frozen=True, slots=True)
class SetDevice:
    """Build networks on this device from now on ("cpu", "cuda:1"; None: the best there is). A
    trained network stays where it is; one that was not trained yet is built anew.
    """

    device: str | None


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave the loop; nothing is answered after it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Run the block's file, which the user has trusted, once with inputs of these shapes."""

    block: Custom
    shapes: tuple[Shape, ...]


Command = (
    Prepare
    | LetGo
    | Train
    | ResumeRun
    | TrainMore
    | Pause
    | Resume
    | StepOnce
    | Stop
    | UseBest
    | SetEpochs
    | Rewind
    | SetRate
    | SetWeightDecay
    | SetDropout
    | SetAccumulate
    | Watch
    | Predict
    | Export
    | LoadWeights
    | SaveWeights
    | Trial
    | SetDevice
    | Quit
)
