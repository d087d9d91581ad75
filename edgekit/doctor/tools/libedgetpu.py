from edgekit.doctor.probe import Library

TOOL = Library(
    "libedgetpu.so.1",
    "running compiled models on an attached Coral Edge TPU",
    install="https://coral.ai/docs/accelerator/get-started/#runtime-on-linux",
)
