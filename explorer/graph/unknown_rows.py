"""Blocks that this version does not know, as rows: kept as they are, with their ports."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.graph import limits
from explorer.graph.block import UnknownBlock
from explorer.graph.row_fields import LONGEST_TEXT, DocumentError, Json, short
from explorer.graph.written import implied

Ports = tuple[Sequence[str], Sequence[str]]  # inputs and outputs of a node


def unknown(kind: str, parameters: Json, row: Json, told: Ports, where: str) -> UnknownBlock:
    """Kept as it is, with the ports that wires name, or that it had when it was written."""
    _check_kept(parameters, where)
    inputs, outputs = implied(*told)
    if "ports" in row:
        inputs, outputs = _read_ports(row["ports"], where)
    return UnknownBlock(name=kind, fields=parameters, input_ports=inputs, output_ports=outputs)


def _read_ports(value: object, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    match value:
        case [list(inputs), list(outputs)]:
            names = [*inputs, *outputs]
            if all(isinstance(name, str) for name in names):
                return _names(inputs), _names(outputs)
    raise DocumentError(f'{where}: "ports" should be two lists of names but is {short(value)}.')


def _names(ports: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(port[:LONGEST_TEXT] for port in ports))


def _check_kept(parameters: Json, where: str) -> None:
    """Raise DocumentError unless these, which nobody here understands, can be written again."""
    deepest = 0
    waiting: list[tuple[int, object]] = [(0, each) for each in parameters.values()]
    while waiting and deepest <= limits.DEEPEST:
        deep, value = waiting.pop()
        deepest = max(deepest, deep)
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(f"{where}: a parameter is {value}, which no file can hold.")
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(deep + 1, each) for each in inner]
    if deepest > limits.DEEPEST:
        raise DocumentError(f"{where}: parameters are nested too deeply ({limits.DEEPEST} levels).")
