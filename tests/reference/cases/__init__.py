"""Random one-operator graphs: one file per operator, each with `case(pick) -> Graph`.

`case` is called with a `Picker` and returns a validated int8 graph around one node of the operator. It covers what the
operator has: shapes, strides, dilations, both paddings, batches, broadcasting, fused activations, per-channel and
per-tensor weights, saturation and extreme multipliers. What a runtime refuses to run is listed in the file's `REFUSED`,
runtime name -> a predicate over the graph with the reason as docstring; nothing else may be skipped. A
runtime that lacks the operator altogether is listed in `ABSENT_FROM`.
"""
