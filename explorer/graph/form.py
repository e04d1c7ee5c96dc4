"""Parameters declared once: limits, checks, help and JSON, for blocks and the training settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, Self, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Argument = bool | int | float | str | tuple[int, ...] | None


def param(
    default: Any,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a parameter once: default, help text for the inspector, limits (both included)."""
    return Field(
        default=default,
        description=text,
        ge=low,
        le=high,
        json_schema_extra={"choices": list(choices)} if choices else None,
    )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter, as editors, checks and texts read it."""

    name: str
    type: Literal["int", "float", "bool", "choice", "text"]
    optional: bool  # None is allowed and means: taken from the wire
    default: Argument
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    help: str


class Form(BaseModel):
    """A frozen set of parameters: a block's, or the training settings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # the first paint does not wait for blocks that nobody placed yet
    )

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """The declared parameters, in order."""
        return tuple(_parameter(name, field) for name, field in cls.model_fields.items())

    def values(self) -> dict[str, Argument]:
        """Every parameter's value by name."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def changed(self, changes: Mapping[str, Argument]) -> Self:
        """The same with other values; raises pydantic's ValidationError."""
        return type(self)(**{**self.values(), **changes})


def _parameter(name: str, field: FieldInfo) -> Parameter:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    kinds = [
        kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not NoneType
    ]
    literal = get_origin(field.annotation) is Literal
    named = {bool: "bool", int: "int", float: "float", str: "text"}
    return Parameter(
        name=name,
        type="choice" if literal else named[kinds[0]],  # type: ignore[arg-type]  # a dict of literals
        optional=NoneType in get_args(field.annotation),
        default=field.default,
        low=next((float(m.ge) for m in field.metadata if isinstance(m, Ge)), None),  # type: ignore[arg-type]  # Ge of a number
        high=next((float(m.le) for m in field.metadata if isinstance(m, Le)), None),  # type: ignore[arg-type]  # Le of a number
        choices=tuple(get_args(field.annotation))
        if literal
        else tuple(map(str, extra.get("choices", []))),  # type: ignore[arg-type]  # written by param()
        help=field.description or "",
    )
