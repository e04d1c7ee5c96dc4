"""Names of weights as others have saved them, matched to those of a network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from torch import Tensor

# DataParallel, DistributedDataParallel and torch.compile put what they wrap under these names.
WRAPPERS = frozenset({"module", "_orig_mod", "_fsdp_wrapped_module"})


def fitted(found: Mapping[str, Tensor], expected: Collection[str]) -> dict[str, Tensor]:
    """The same tensors under the names that are expected, where a wrapper's prefix is all that
    differs; else under their own.
    """
    own = list(found)
    for names in (own, *_renamings(own)):
        if len(set(names)) == len(own) and set(names) == set(expected):
            return dict(zip(names, found.values(), strict=True))
    return dict(found)


def _renamings(names: list[str]) -> Iterator[list[str]]:
    """Without wrappers' names; without the first part, where all share it ("model.", "net.")."""
    unwrapped = [_unwrapped(name) for name in names]
    yield unwrapped
    for these in (names, unwrapped):
        if len({name.partition(".")[0] for name in these}) == 1:
            yield [name.partition(".")[2] for name in these]


def _unwrapped(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in WRAPPERS)
