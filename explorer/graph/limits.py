"""How large a document and its parts can be: what editing allows is what reading takes."""

from __future__ import annotations

LONGEST_NAME = 40  # of a block or a group
LONGEST_TITLE = 500
LONGEST_NOTE = 5_000
MOST_BYTES = 8_000_000  # of a file
MOST_NODES = 5_000
MOST_WIRES = 20_000
MOST_GROUPS = 1_000
MOST_NOTES = 500
MOST_COPIES = 64  # of a group in a row
FARTHEST = 1e6  # from the middle of the canvas, in scene units
LEAST_SIDE, MOST_SIDE = 48.0, 4_000.0  # of a note, in scene units
DEEPEST = 50  # lists and objects within each other, in parameters of a block that is not known
MOST_NUMBERS = 2**63 - 1  # in one value of one sample: what torch can count
