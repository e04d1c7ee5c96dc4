"""`explorer evaluate`: loss and accuracy of a trained run on all test samples."""

from __future__ import annotations

import argparse

from explorer.cli import trusting
from explorer.cli.trained import HELP, trained
from explorer.cli.usage import DEVICES, device, print_json
from explorer.plan.amounts import at_step, percent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `evaluate` understands."""
    parser.add_argument("run", metavar="DIR|RUN", help=HELP)
    parser.add_argument("--device", type=device, help=DEVICES)
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Print both."""
    trusting.trust(options.trust)
    session = trained(options.run, options.device)
    loss, accuracy = session.evaluate()
    if options.json:
        print_json({"step": session.step, "test_loss": loss, "test_accuracy": accuracy})
    else:
        print(at_step(session.step))
        print(f"test loss {loss:.4f}")
        print(f"test accuracy {percent(accuracy, 2)}")
    return 0
