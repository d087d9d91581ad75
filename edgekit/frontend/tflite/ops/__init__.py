"""One codec per operator; `edgekit.frontend.tflite.codec` says what a codec offers."""
