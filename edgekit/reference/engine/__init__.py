"""Runs of convolutions at the speed of a floating-point engine, for batches: a derived form, proven where it is used.

ONNX Runtime's float32 convolutions work on blocked layouts and need no gathered windows. Here a run of quantized layers
becomes one ONNX graph whose float32 tensors hold integers (value minus zero point): products and sums below 2^24 are
exact whatever the order and whether or not multiply-adds are fused, and requantization is made of passes proven equal
to the page when the graph is prepared (`ramp.py`, `remainder.py`). What has no proof stays with the NumPy kernels,
which are the specification. Each file in `engine/ops/` offers

    lower(op, inputs, outputs, arithmetic, graph: Lowering, names) -> name | None

which appends the operator to the graph and returns its output there, or None where it has no proof.
"""
