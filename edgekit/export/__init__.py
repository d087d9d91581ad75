"""Writers of the formats that vendor compilers read, one package each. `.tflite` is in `edgekit.frontend.tflite`."""
