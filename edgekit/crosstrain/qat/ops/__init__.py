"""One file per operation that can be fake quantized, each with `match(call)`, which gives the operation or None."""
