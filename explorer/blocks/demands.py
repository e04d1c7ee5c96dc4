"""What several kinds of block ask of their input, each with the repair that fits."""

import math
from collections.abc import Sequence
from dataclasses import replace

from explorer.graph.block import Argument, BlockFix, Kind, Shape, ShapeError, need

EMBED = BlockFix("Insert Embedding", insert="embedding")
FLATTEN = BlockFix("Insert Flatten", insert="flatten")
MOST_BORDER = 4  # rows or columns of zeros in all that bring two sizes together
VALUES: tuple[Kind, ...] = ("image", "sequence", "vector")  # real numbers; tokens are names


def need_values(x: Shape, at: str = "") -> None:
    """Any shape of real numbers; `at` names the port, where there are several."""
    _need(x, at, VALUES, EMBED)


def need_image(x: Shape) -> None:
    """(C, H, W); a sequence or a square number of features can be read as a picture."""
    need(x, "image", fix=_as_image(x))


def need_sequence(x: Shape, at: str = "") -> None:
    """(T, D); an image can be read row by row. `at` names the port, where there are several."""
    rows = BlockFix("Insert Rows to sequence", insert="rows_to_sequence")
    fixes: dict[str, BlockFix] = {"image": rows, "tokens": EMBED}
    _need(x, at, ("sequence",), fixes.get(x.kind))


def need_features(x: Shape) -> None:
    """(D,) or (T, D)."""
    if x.kind == "image":
        need(x, "vector", "sequence", fix=FLATTEN)
    need(x, "vector", "sequence", fix=EMBED)


def need_size(name: str, expected: int | None, given: int, what: str, x: Shape) -> None:
    """A parameter that says how many come in; None takes them from the wire."""
    if expected not in (None, given):
        whole = f" ({x})" if len(x.dims) > 1 else ""
        raise ShapeError(
            f"expects {expected} {what} but gets {given}{whole}",
            BlockFix(f"Set {name} to {given}", ((name, given),)),
        )


def need_heads(features: int, heads: int) -> None:
    """Attention shares its features among the heads."""
    if features % heads:
        fitting = largest_divisor(features, heads)
        raise ShapeError(
            f"can't share {features} features among {heads} heads: {features} / {heads} = "
            f"{features / heads:.2f}",
            BlockFix(f"Set num_heads to {fitting}", (("num_heads", fitting),)),
        )


def need_groups(given: int, out: int, groups: int, what: str) -> None:
    """A convolution's groups take equal shares of what comes in and of what goes out."""
    if given % groups or out % groups:
        raise ShapeError(
            f"can't split {given} {what} in and {out} out into {groups} groups",
            BlockFix("Set groups to 1", (("groups", 1),)),
        )


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor that is no more than the limit."""
    return max(n for n in range(1, min(number, limit) + 1) if number % n == 0)


def to_features(count: int, at: str = "") -> BlockFix:
    """Put a Linear on the wire."""
    return BlockFix(
        f"Insert a Linear to {count} features{f' at {at}' if at else ''}",
        insert="linear",
        insert_changes=(("out_features", count),),
        insert_at=at,
    )


def to_channels(count: int, at: str = "", stride: int = 1) -> BlockFix:
    """Put a 1 x 1 convolution on the wire."""
    moving = f" with stride {stride}" if stride > 1 else ""
    return BlockFix(
        f"Insert a 1 x 1 Conv2d to {count} channels{moving}{f' at {at}' if at else ''}",
        insert="conv2d",
        insert_changes=(("out_channels", count), ("kernel_size", 1), ("stride", stride)),
        insert_at=at,
    )


def to_image(wanted: Shape, given: Shape, at: str) -> BlockFix | None:
    """A 1 x 1 convolution that makes one image as the other, by a stride where it is larger (He et
    al. 2016, 3.3: projection shortcut); None where no stride does.
    """
    sides = list(zip(wanted.dims[1:], given.dims[1:], strict=True))
    for stride in (1, 2, 4):
        if all((side - 1) // stride + 1 == goal for goal, side in sides):
            return to_channels(wanted.dims[0], at, stride)
    return None


def to_size(given: Shape, wanted: Shape, at: str) -> BlockFix:
    """Make an image as high and wide as another: enlarged by a whole factor, given a border of a
    few zeros, else pooled to the size.
    """
    height, width = wanted.dims[1:]
    more = tuple(goal - side for goal, side in zip((height, width), given.dims[1:], strict=True))
    factor = height // given.dims[1]
    if factor > 1 and (height, width) == (factor * given.dims[1], factor * given.dims[2]):
        name, kind = f"Upsample by {factor}", "upsample"
        changes: tuple[tuple[str, Argument], ...] = (("scale_factor", factor),)
    elif min(more) >= 0 and max(more) <= MOST_BORDER:
        name, kind = f"ZeroPad to {height} x {width}", "zero_pad"
        changes = tuple(
            (side, part)
            for sides, count in zip((("top", "bottom"), ("left", "right")), more, strict=True)
            for side, part in zip(sides, (count // 2, count - count // 2), strict=True)
        )
    else:
        name, kind = f"Adaptive pool to {height} x {width}", "adaptive_pool2d"
        changes = (("height", height), ("width", width))
    label = f"Insert {name} at {at}"
    return BlockFix(label, insert=kind, insert_changes=changes, insert_at=at)


def to_equal_sizes(ports: Sequence[str], shapes: Sequence[Shape]) -> BlockFix | None:
    """Make the first image that is not as high and wide as the largest so; None if all are."""
    largest = max(shapes, key=lambda shape: (shape.dims[1] * shape.dims[2], shape.dims[1]))
    for port, shape in zip(ports, shapes, strict=True):
        if shape.dims[1:] != largest.dims[1:]:
            return to_size(shape, largest, port)
    return None


def _need(x: Shape, at: str, kinds: tuple[Kind, ...], fix: BlockFix | None) -> None:
    if not at:
        return need(x, *kinds, fix=fix)
    try:
        return need(x, *kinds)
    except ShapeError as error:
        placed = fix and replace(fix, label=f"{fix.label} at {at}", insert_at=at)
        raise ShapeError(f"{error} at {at}", placed) from error


def _as_image(x: Shape) -> BlockFix | None:
    if x.kind == "tokens":
        return EMBED
    height, width = x.dims if x.kind == "sequence" else (math.isqrt(x.dims[-1]),) * 2
    if x.kind == "image" or height * width != x.size:
        return None
    target: tuple[tuple[str, Argument], ...] = (
        ("target", "image"),
        ("channels", 1),
        ("height", height),
        ("width", width),
    )
    return BlockFix(
        f"Insert Reshape to 1 x {height} x {width}", insert="reshape", insert_changes=target
    )
