"""All that the engine tells, under one name: the other rooms take every event from here."""

from explorer.protocol.answer_events import Exported, ExportProgress, Prediction, WeightsSaved
from explorer.protocol.engine_events import Device, Devices, Ready, Tried
from explorer.protocol.event import Event, Floats
from explorer.protocol.fault_events import Cause, Cure, Failed, Warned
from explorer.protocol.look_events import (
    Activation,
    Attention,
    Hidden,
    Kernels,
    StepTimes,
    Thumbnails,
    Watched,
)
from explorer.protocol.run_events import (
    WITHOUT_RUN,
    BestEpoch,
    Checkpointed,
    CompileStage,
    Compiling,
    EpochDone,
    HeldOut,
    Losses,
    Progress,
    RunState,
    SettingChanged,
    Started,
    Status,
    StoppedEarly,
)

__all__ = [
    "WITHOUT_RUN",
    "Activation",
    "Attention",
    "BestEpoch",
    "Cause",
    "Checkpointed",
    "CompileStage",
    "Compiling",
    "Cure",
    "Device",
    "Devices",
    "EpochDone",
    "Event",
    "ExportProgress",
    "Exported",
    "Failed",
    "Floats",
    "HeldOut",
    "Hidden",
    "Kernels",
    "Losses",
    "Prediction",
    "Progress",
    "Ready",
    "RunState",
    "SettingChanged",
    "Started",
    "Status",
    "StepTimes",
    "StoppedEarly",
    "Thumbnails",
    "Tried",
    "Warned",
    "Watched",
    "WeightsSaved",
]
