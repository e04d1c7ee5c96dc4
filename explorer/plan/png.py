"""Reads a PNG file with Python alone: exported source carries these functions as they stand."""

import struct
import zlib
from pathlib import Path


def read_png(path: str | Path) -> list[list[float]]:
    """Rows of grey values from 0.0 (black, or transparent) to 1.0 (white)."""
    try:
        chunks = png_chunks(Path(path).read_bytes())
        header = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        width, _, depth, colour, *_, interlaced = header
        if depth != 8 or interlaced:
            raise ValueError("save it with 8 bits a channel and without interlacing")
        size = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]  # bytes of a pixel
        rows = unfiltered(zlib.decompress(chunks[b"IDAT"]), width * size, size)
        table = palette(chunks) if colour == 3 else None
        ends = range(0, width * size, size)
        return [[grey(row[at : at + size], table) for at in ends] for row in rows]
    except (KeyError, IndexError, struct.error, zlib.error) as error:
        raise ValueError("not a whole PNG file") from error


def png_chunks(content: bytes) -> dict[bytes, bytes]:
    """The file's parts by their names; pixel data in several parts are joined."""
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG file")
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        chunks[name] = chunks.get(name, b"") + content[at + 8 : at + 8 + length]
        at += length + 12
    return chunks


def unfiltered(pixels: bytes, width: int, size: int) -> list[bytearray]:
    """Rows of `width` bytes; each is stored as differences to its neighbours."""
    rows = [bytearray(width)]
    for start in range(0, len(pixels), width + 1):
        kind, row = pixels[start], bytearray(pixels[start + 1 : start + 1 + width])
        above = rows[-1]
        for at in range(width):
            left = row[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            row[at] = (row[at] + guess(kind, left, above[at], corner)) & 255
        rows.append(row)
    return rows[1:]


def guess(kind: int, left: int, above: int, corner: int) -> int:
    """What a byte is stored as the difference to (PNG, section 9.2; 4: Paeth)."""
    whole = left + above - corner
    nearest = min(left, above, corner, key=lambda near: abs(whole - near))
    return (0, left, above, (left + above) // 2, nearest)[kind]


def palette(chunks: dict[bytes, bytes]) -> list[bytes]:
    """The colours that pixels give the number of, with their opacity."""
    colours, opacity = chunks[b"PLTE"], chunks.get(b"tRNS", b"")
    opacity += b"\xff" * (len(colours) // 3 - len(opacity))
    starts = range(0, len(colours), 3)
    return [colours[at : at + 3] + opacity[at // 3 :][:1] for at in starts]


def grey(pixel: bytes | bytearray, table: list[bytes] | None) -> float:
    """Brightness of a pixel (ITU-R BT.601) times its opacity, from 0 to 1."""
    if table:
        pixel = table[pixel[0]]
    alpha = pixel[-1] / 255 if len(pixel) in (2, 4) else 1.0
    if len(pixel) < 3:
        return pixel[0] / 255 * alpha
    return (0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]) / 255 * alpha
