"""Runs a command of the command line, and turns what goes wrong into one line and a status."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Mapping

from explorer.cli import devices, evaluate, export, info, runs, sweep, train
from explorer.cli.failure import CommandError
from explorer.cli.interrupt import EXIT_STATUS
from explorer.cli.usage import Parser, add_common, close, did_you_mean
from explorer.plan.documents import examples
from explorer.plan.literals import prose
from explorer.records.schema import StoreError

Command = Callable[[argparse.Namespace], int]
AddArguments = Callable[[argparse.ArgumentParser], None]
COMMANDS: Mapping[str, tuple[str, Command, AddArguments]] = {
    "train": ("train without a window", train.run, train.add_arguments),
    "sweep": ("many trainings with other settings", sweep.run, sweep.add_arguments),
    "evaluate": ("loss and accuracy of a run", evaluate.run, evaluate.add_arguments),
    "runs": ("the recorded runs", runs.run, runs.add_arguments),
    "export": ("a run as files for others", export.run, export.add_arguments),
    "devices": ("what to compute on", devices.run, lambda parser: None),
    "info": ("what a document holds", info.run, info.add_arguments),
    "examples": ("list the bundled examples", info.list_examples, lambda parser: None),
}


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


def unknown(word: str) -> int:
    """Tell that a word is no command, and what there is; the status of wrong usage."""
    parser = _parser()
    parser.print_usage(sys.stderr)
    known = [*COMMANDS, *examples()]
    meant = did_you_mean(close(word, known))
    print(
        f"explorer: {prose(word, 60)} is no command, no example and no file{meant or '.'}\n"
        f"commands: {', '.join(COMMANDS)}\nexamples: {', '.join(examples())}",
        file=sys.stderr,
    )
    return 2


def _one_line(error: Exception) -> str:
    if isinstance(error, CommandError | StoreError):
        return str(error)
    from explorer.engine.device.failures import in_words  # torch: only now

    return " ".join(in_words(error).split())


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="explorer")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (text, command, add_arguments) in COMMANDS.items():
        _add(commands, name, text, command, add_arguments)
    return parser


def _add(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    text: str,
    command: Command,
    add_arguments: AddArguments,
) -> None:
    parser = commands.add_parser(name, help=text, description=text)
    add_common(parser)
    parser.set_defaults(command=command, json=False, debug=False)
    add_arguments(parser)
