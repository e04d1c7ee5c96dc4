"""`explorer devices`: what there is to compute on, with what each offers."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from explorer.cli.usage import print_json


def run(options: argparse.Namespace) -> int:
    """Print each device and what it offers, or why it can't be used; `*` marks the default."""
    from explorer.engine.device.offers import chosen_device, devices  # torch: only now

    there, default = devices(), str(chosen_device())
    if options.json:
        for each in there:
            offers = dict(each.offers)
            print_json({**asdict(each), "offers": offers, "default": each.id == default})
        return 0
    for each in there:
        sign = "*" if each.id == default else "-" if each.missing else " "
        print(f"{sign} {each.id}: {each.name}{_why(each.missing)}")
        for what, how in each.offers:
            print(f"    {what + ':':14} {how}")
    return 0


def _why(missing: str) -> str:
    return f", not available: {missing}" if missing else ""
