"""The state_dict as .pt: plain tensors that `torch.load(weights_only=True)` takes."""

from __future__ import annotations

import io

import torch

from explorer.engine.export.job import Job, Written, logits, tensors_of
from explorer.engine.network.build import Network


def write(job: Job) -> Written:
    """The file, and what a newly built network answers with its weights. Raises OSError."""
    job.report("Writing the state_dict")
    file = job.folder / f"{job.stem}.pt"
    content = io.BytesIO()  # a full disk then is an OSError, not torch's own error
    torch.save(tensors_of(job.network), content)
    file.write_bytes(content.getvalue())
    job.report("Loading the state_dict into a new network")
    network = Network(job.plan).eval()
    network.load_state_dict(torch.load(file, weights_only=True, map_location="cpu"))
    return (file,), logits(network, job.dataset, job.pictures)
