"""Fully connected on Helium, loads and products in turn: samples, blocks of 8 units, chunks of 64 inputs."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

VECTOR, UNITS, CONSTANTS = 16, 8, 96  # bytes, of all constants of a block


def features(fields: Fields) -> dict[str, float]:
    chunks = fields["chunks"] + 1
    blocks = (fields["size"] + CONSTANTS) // (UNITS * 4 * VECTOR * chunks + CONSTANTS)
    found = {"call": 1, "samples": fields["samples"], "blocks": fields["samples"] * (blocks - 1)}
    if not fields["kernel"].endswith("_128"):
        found["chunks"] = fields["samples"] * blocks * (chunks - 1)
    return found
