"""One emitter per operator: `emit(layer) -> Call | Alias`."""
