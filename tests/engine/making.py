"""Small networks on the 8 x 8 digits, and an engine to talk to: what these tests are made of."""

import time
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.engine.checkpoints.checkpoint import load_checkpoint
from explorer.engine.commands.thread import EngineThread
from explorer.engine.run.session import Session, session_of
from explorer.graph.block import Block
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.plan.plan import Plan, plan
from explorer.protocol.commands import Command
from explorer.protocol.events import Event, Failed
from explorer.protocol.mailbox import CommandBox, EventBox
from tests.making import block


def planned(*blocks: Block, **training) -> Plan:
    """The plan of Input -> blocks -> Output on the 8 x 8 digits."""
    row = [block("input"), *blocks, block("output")]
    document = chain(Document(dataset="digits-8x8"), [(None, each) for each in row])
    result = plan(set_training(document, training))
    assert result.ready, result.problems
    return result


def cnn(channels: int = 8, **training) -> Plan:
    """Convolution, batch normalisation, dropout: everything that has a state or draws."""
    return planned(
        block("conv2d", out_channels=channels, kernel_size=3, padding=1),
        block("batch_norm2d"),
        block("relu"),
        block("max_pool2d"),
        block("flatten"),
        block("dropout", p=0.2),
        block("linear", out_features=10),
        **training,
    )


def lstm(**parameters) -> Plan:
    return planned(
        block("rows_to_sequence"),
        block("lstm", **parameters),
        block("last_step"),
        block("linear", out_features=10),
    )


def attention(**parameters) -> Plan:
    return planned(
        block("rows_to_sequence"),
        block("linear", out_features=16),
        block("self_attention", **parameters),
        block("mean_over_time"),
        block("linear", out_features=10),
    )


def resumed(drawn: Plan, at: int, steps: int, folder: Path) -> Session:
    """A run of so many steps in all that went on from the checkpoint of another, taken at `at`."""
    first = Session(drawn, "cpu")
    first.train(steps=at)
    first.save_checkpoint(folder / "run.safetensors")
    checkpoint = load_checkpoint(folder / "run.safetensors")
    second = session_of(checkpoint)
    second.train(checkpoint=checkpoint, steps=steps)
    return second


def same_weights(one: Session, other: Session) -> bool:
    """Bit for bit."""
    first, second = one.network.state_dict(), other.network.state_dict()
    return all(torch.equal(first[name], second[name]) for name in first)


class Talk:
    """An engine thread with its boxes, and what it has said so far."""

    def __init__(self) -> None:
        self.commands, self.events = CommandBox(), EventBox()
        self.said: list[Event] = []
        self.thread = EngineThread(self.commands, self.events, "cpu")
        self.thread.start()

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.commands.put(command)

    def until(self, true_of: Callable[[Event], bool], timeout_s: float = 30.0) -> Event:
        """Wait for an event of which this is true; only those not yet waited past are looked at."""
        ends = time.monotonic() + timeout_s
        while time.monotonic() < ends:
            for event in self.events.take():
                self.said.append(event)
            while self.said:
                event = self.said.pop(0)
                if true_of(event):
                    return event
            time.sleep(0.002)
        raise AssertionError("the engine did not say what was waited for")

    def hear(self, kind: type, **fields) -> Event:
        """Wait for an event of this class with these fields."""
        return self.until(
            lambda e: (
                isinstance(e, kind) and all(getattr(e, name) == fields[name] for name in fields)
            )
        )

    def failed(self) -> Failed:
        return self.hear(Failed)
