"""Steps per second of the engine, of a hand-tuned bare loop and of the tutorials' loop, in turns.

A busy machine changes from second to second: the loops take many short turns, and what counts
is the sum of each. The engine's figures on held-out samples are its own time; the test at the
end of an epoch, which every loop would make, is left out of all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.datasets import catalogue
from explorer.engine.session import Session
from explorer.engine.thread import EngineThread
from explorer.engine.train import Beat
from explorer.graph.files import load
from explorer.plan.plan import Plan, plan
from explorer.protocol.commands import Predict, Prepare, Train
from explorer.protocol.events import Prediction
from explorer.protocol.mailbox import CommandBox, EventBox

TURNS = 24
TURN_S = 1.5
BATCH = 64
MEAN, STD = 0.1307, 0.3081

Loop = Iterator[None]  # one training step each time


class TutorialCNN(nn.Module):
    """The network of the tutorials, written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(functional.relu(self.conv1(x)))
        x = self.pool(functional.relu(self.conv2(x)))
        x = functional.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(x)


class Pictures(Dataset):
    """One sample at a time, as torchvision's MNIST with ToTensor and Normalize gives them."""

    def __init__(self) -> None:
        arrays = catalogue.load("mnist")
        self.inputs, self.labels = arrays.train_inputs, arrays.train_labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int]:
        x = torch.from_numpy(self.inputs[place].astype(np.float32)).div(255)
        return x.sub_(MEAN).div_(STD), int(self.labels[place])


def tutorial_plan() -> Plan:
    """The bundled example, with epochs enough for any measurement."""
    text = resources.path("examples", "tutorial-cnn.json").read_bytes()
    return plan(load(text, block_of).document)


def engine() -> Loop:
    """Ours without a window: events go into the mailbox and are taken as a window would."""
    session, events = Session(tutorial_plan()), EventBox()
    while True:
        run = session.begin(1, events.put)
        while run.step < run.steps_per_epoch:
            if run.advance() is Beat.STEP:
                events.take()
                yield


def bare() -> Loop:
    """What a person would write who knows the tricks: nothing but the steps."""
    arrays = catalogue.load("mnist")
    inputs, labels = torch.tensor(arrays.train_inputs), torch.tensor(arrays.train_labels)
    network = TutorialCNN().to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    total = torch.zeros(())
    while True:
        for step, picked in enumerate(torch.randperm(len(labels)).split(BATCH)):
            x = inputs[picked].float().div_(255).sub_(MEAN).div_(STD)
            loss = functional.cross_entropy(network(x), labels[picked])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.detach()
            if step % 50 == 49:
                total.item()
                total.zero_()
            yield


def tutorial() -> Loop:
    """The loop of most tutorials: DataLoader, plain Adam, a number read each step."""
    network = TutorialCNN()
    optimiser = torch.optim.Adam(network.parameters(), lr=0.001)
    running_loss = 0.0
    while True:
        for x, y in DataLoader(Pictures(), batch_size=BATCH, shuffle=True):
            optimiser.zero_grad()
            loss = functional.cross_entropy(network(x), y)
            loss.backward()
            optimiser.step()
            running_loss += loss.item()
            yield


def speed(loop: Loop, seconds: float) -> float:
    """Steps per second of one turn."""
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        next(loop)
        steps += 1
    return steps / (time.perf_counter() - began)


def turns(loops: dict[str, Loop]) -> dict[str, list[float]]:
    """Each loop's speed in each turn; every second round goes backwards."""
    for loop in loops.values():
        speed(loop, 2.0)  # warm; the first measures the number of threads for all
    found: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(TURNS):
        for name in list(loops)[:: 1 if turn % 2 == 0 else -1]:
            found[name].append(speed(loops[name], TURN_S))
    return found


def answer_times(command: Callable[[CommandBox], None], count: int = 300) -> list[float]:
    """Milliseconds from Predict to Prediction, with the engine in its thread."""
    commands, events = CommandBox(), EventBox()
    thread = EngineThread(commands, events)
    thread.start()
    command(commands)
    picture = np.zeros((1, 28, 28), np.uint8)
    waits = []
    for request in range(count + 20):
        began = time.perf_counter()
        commands.put(Predict(request, picture))
        while not any(isinstance(event, Prediction) for event in events.take()):
            time.sleep(0.0002)
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(0.005)
    thread.stop()
    return sorted(waits[20:])


def main() -> None:
    found = turns({"engine": engine(), "bare loop": bare(), "tutorial loop": tutorial()})
    print(
        f"tutorial CNN, batch {BATCH}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    )
    for name, speeds in found.items():
        ratio = sum(speeds) / sum(found["bare loop"])
        lowest, *_, highest = sorted(speeds)
        print(
            f"{name:14} {statistics.mean(speeds):6.1f} steps/s = {ratio:.3f} of bare "
            f"(turns {lowest:.1f} to {highest:.1f})"
        )
    print("goal: engine >= 0.970 of bare")
    drawn = tutorial_plan()
    for name, command in {
        "idle": lambda box: box.put(Prepare(drawn)),
        "training": lambda box: box.put(Train(1, drawn)),
    }.items():
        waits = answer_times(command)
        p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        print(f"prediction, {name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms (goal idle: p99 < 30 ms)")
