"""Runs a command of the command line, and turns what goes wrong into one line and a status."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable

from explorer.cli import devices, evaluate, export, info, runs, sweep, train
from explorer.cli.failure import CommandError
from explorer.cli.interrupt import EXIT_STATUS
from explorer.records.schema import StoreError

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str]) -> int:
    """0: done; 1: failed, with one line on stderr; 2: wrong usage; 130: interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a title in letters that the terminal lacks
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        status = command(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("Interrupted; nothing was saved.", file=sys.stderr)
        return EXIT_STATUS
    except BrokenPipeError:
        # Nobody reads any more: let the rest go nowhere, without a complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        print(f"explorer: {_one_line(error)}", file=sys.stderr)
        return 1


def _one_line(error: Exception) -> str:
    if isinstance(error, CommandError | StoreError):
        return str(error)
    from explorer.engine.failures import in_words  # torch: only now

    return " ".join(in_words(error).split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="explorer", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "train", "train without a window", train.run, train.add_arguments)
    _add(commands, "sweep", "many trainings with other settings", sweep.run, sweep.add_arguments)
    _add(commands, "evaluate", "loss and accuracy of a run", evaluate.run, evaluate.add_arguments)
    _add(commands, "runs", "the recorded runs", runs.run, runs.add_arguments)
    _add(commands, "export", "a run as files for others", export.run, export.add_arguments)
    _add(commands, "devices", "what to compute on", devices.run, devices.add_arguments)
    _add(commands, "info", "what a document holds", info.run, info.add_arguments)
    _add(commands, "examples", "list the bundled examples", info.list_examples, lambda parser: None)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    command: Command,
    add_arguments: Callable[[argparse.ArgumentParser], None],
) -> None:
    parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    add_arguments(parser)
    parser.add_argument("--debug", action="store_true", help="show where an error came from")
    parser.set_defaults(command=command)
