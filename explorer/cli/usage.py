"""How commands are called: wrong use is told, with what was probably meant, and has status 2."""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

CHOICES = re.compile(r"invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)


DEVICES = "cpu, cuda, mps or xpu; by default as there is"


class Parser(argparse.ArgumentParser):
    """Each command, and each action of one, answers for its own words."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **keywords})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but nothing unknown is left for the command above to complain of."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            known = list(self._option_string_actions)
            meant = (guess for word in left for guess in close(word.partition("=")[0], known))
            self.error(f"unrecognized arguments: {' '.join(left)}{did_you_mean(meant)}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Usage, what was wrong and what may have been meant, on stderr; ends with status 2."""
        found = CHOICES.search(message)
        meant = close(found[1], re.findall(r"[\w-]+", found[2])) if found is not None else ()
        super().error(f"{message}{did_you_mean(meant)}")


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every command and every action understands, before and after its own words."""
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="JSON lines on standard output",
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show where an error came from",
    )


def device(text: str) -> str:
    """The name of a device, as options have it."""
    if re.fullmatch(r"(cpu|cuda|mps|xpu)(:\d+)?", text) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of cpu, cuda, cuda:1, mps, xpu; "
            "`python -m explorer devices` tells what there is"
        )
    return text


def close(word: str, known: Iterable[str]) -> list[str]:
    """Known words that somebody may have meant who wrote this one, the likeliest first."""
    by_small = {each.lower(): each for each in known}
    return [by_small[each] for each in get_close_matches(word.lower(), by_small, 2, 0.7)]


def did_you_mean(words: Iterable[str]) -> str:
    """A question after a message; empty where there is nothing to offer."""
    listed = list(dict.fromkeys(words))
    return f". Did you mean {' or '.join(listed)}?" if listed else ""


def print_json(row: Mapping[str, object]) -> None:
    """A line of JSON, which knows neither NaN nor infinity: null stands for them."""
    print(json.dumps({name: _plain(value) for name, value in row.items()}, allow_nan=False))


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
