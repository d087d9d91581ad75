"""The reader of compiled models."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.backends.coral.compiled import read
from edgekit.errors import InputError
from edgekit.frontend.tflite import write
from tests.backends.compiled_model import compiled_model, executable, package
from tests.backends.graphs import small_int8


def test_sizes_versions_and_operators() -> None:
    model = read(compiled_model())
    assert (model.cached_bytes, model.streamed_bytes, model.min_runtime_version) == (5000, 700, 13)
    assert model.cpu_operators == (("QUANTIZE", 1), ("SOFTMAX", 1)) and model.edgetpu_operators == 1
    caching, running = model.packages[0].executables
    assert (caching.type, running.type, running.instruction_bytes) == ("parameter-caching", "execution-only", 64)
    assert (caching.chip, caching.caching_token, caching.estimated_cycles) == ("beagle", 7, 1234)
    assert (caching.name, caching.batch_size, caching.scratch_bytes) == ("net", 1, 96)
    assert model.packages[0].compiler_version == "16.0"
    assert model.facts()["cpu_operators"] == {"QUANTIZE": 1, "SOFTMAX": 1}


def test_several_packages() -> None:
    model = read(compiled_model([package([executable(0, 100)], 10), package([executable(0, 20)], 14)]))
    assert (model.cached_bytes, model.streamed_bytes, model.min_runtime_version) == (0, 120, 14)
    assert [e.type for p in model.packages for e in p.executables] == ["stand-alone", "stand-alone"]


def test_what_is_no_compiled_model() -> None:
    for data, text in (
        (b"", "no TFL3 mark"),
        (write(small_int8()), "has no edgetpu-custom-op"),
        (compiled_model([package([executable(0, 9)], mark=b"DWN9")]), "DWN1"),
    ):
        with pytest.raises(InputError, match=text):
            read(data)


def test_mutations_are_clear_errors_or_readable() -> None:
    data, rng = compiled_model(), np.random.default_rng(1)
    errors = 0
    for round_ in range(600):
        changed = bytearray(data)
        if round_ % 3 == 0:
            changed = changed[: rng.integers(0, len(data))]
        else:
            for at in rng.integers(0, len(data), 1 + round_ % 4):
                changed[at] = rng.integers(0, 256)
        try:
            read(bytes(changed))
        except InputError:
            errors += 1
    assert errors > 150
