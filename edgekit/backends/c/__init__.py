"""Generated C99 for microcontrollers and the host: one call per layer, every shape and constant known."""
