"""One file per operator: `emit(writer, node)` says what it is in ONNX."""
