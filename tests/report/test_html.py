"""The figures at the head of report.html."""

from __future__ import annotations

from edgekit.report.html import _layer, _memory

MEMORY = {"weights_bytes": 2048, "peak_activation_bytes": 1024, "target": {"flash": 1 << 20, "ram": 1 << 18}}


def test_memory_of_any_target_is_what_it_needs_at_least() -> None:
    assert _memory(MEMORY, {"model_bytes": 3000}) == [("2.0 KiB", "weights"), ("1.0 KiB", "peak of live activations")]


def test_memory_of_generated_c_is_what_it_takes() -> None:
    facts = {"arena_bytes": 1536, "arena_bound_bytes": 1024, "constant_bytes": 4096}
    assert _memory(MEMORY, facts) == [
        ("1.5 KiB", "arena; the least possible is 1.0 KiB"),
        ("256.0 KiB", "RAM of the target"),
        ("4.0 KiB", "constants"),
        ("1.0 MiB", "flash of the target"),
    ]
    compiled = _memory({**MEMORY, "target": {}}, {**facts, "flash_code_bytes": 512})
    assert compiled[1:] == [("4.0 KiB", "constants, and 512 B of code")]


def test_a_layer_has_the_first_of_its_names_and_all_where_the_pointer_rests() -> None:
    assert _layer("conv<1>") == "conv&lt;1&gt;"
    assert _layer('relu;"bias";conv') == '<span title="relu;&quot;bias&quot;;conv">relu</span>'
