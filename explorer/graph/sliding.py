"""The arithmetic of windows that slide: convolution and pooling."""

from typing import Literal

from explorer.graph.block import BlockFix, Shape, ShapeError


def sliding_size(
    side: int,
    kernel: int,
    stride: int,
    padding: int,
    dilation: int = 1,
    over: Literal["image", "sequence"] = "image",
) -> int:
    """(side + 2 padding - dilation (kernel - 1) - 1) // stride + 1 pixels or steps
    (torch.nn.Conv2d, torch.nn.Conv1d); raises ShapeError.
    """
    span = dilation * (kernel - 1) + 1
    room = side + 2 * padding - span
    if room < 0:
        widest = (side + 2 * padding - 1) // dilation + 1
        unit, what = ("pixels", "wide or high") if over == "image" else ("steps", "long")
        raise ShapeError(
            f"has a window of {span} {unit} but the {over} is {side} {what}"
            f"{f' ({side + 2 * padding} with padding)' if padding else ''}: "
            f"({side} + 2·{padding} - {dilation}·({kernel} - 1) - 1) / {stride} + 1 is below 1",
            BlockFix(f"Set kernel_size to {widest}", (("kernel_size", widest),)),
        )
    return room // stride + 1


def sliding_arithmetic(
    x: Shape, kernel: int, stride: int, padding: int, dilation: int = 1
) -> tuple[str, ...]:
    """The same in words, a line for height and one for width, or one for the steps."""
    over: Literal["image", "sequence"] = "image" if x.kind == "image" else "sequence"
    sides = (
        zip(("height", "width"), x.dims[1:], strict=True)
        if over == "image"
        else [("steps", x.dims[0])]
    )
    return tuple(
        f"{side}: ({size} + 2·{padding} - {dilation}·({kernel} - 1) - 1) / {stride} + 1 = "
        f"{sliding_size(size, kernel, stride, padding, dilation, over)}"
        for side, size in sides
    )
