"""The arithmetic of windows that slide: convolution and pooling."""

from explorer.graph.block import BlockFix, Shape, ShapeError


def sliding_size(side: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """(side + 2 padding - dilation (kernel - 1) - 1) // stride + 1 pixels (torch.nn.Conv2d); raises
    ShapeError.
    """
    span = dilation * (kernel - 1) + 1
    room = side + 2 * padding - span
    if room < 0:
        widest = (side + 2 * padding - 1) // dilation + 1
        raise ShapeError(
            f"has a window of {span} pixels but the image is {side} wide or high"
            f"{f' ({side + 2 * padding} with padding)' if padding else ''}: "
            f"({side} + 2·{padding} - {dilation}·({kernel} - 1) - 1) / {stride} + 1 is below 1",
            BlockFix(f"Set kernel_size to {widest}", (("kernel_size", widest),)),
        )
    return room // stride + 1


def sliding_arithmetic(
    x: Shape, kernel: int, stride: int, padding: int, dilation: int = 1
) -> tuple[str, ...]:
    """The same in words, a line for height and one for width."""
    return tuple(
        f"{side}: ({size} + 2·{padding} - {dilation}·({kernel} - 1) - 1) / {stride} + 1 = "
        f"{sliding_size(size, kernel, stride, padding, dilation)}"
        for side, size in zip(("height", "width"), x.dims[1:], strict=True)
    )
