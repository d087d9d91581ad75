"""PlatformIO wants a class for a platform; the builder does the work."""

from platformio.public import PlatformBase


class EdgekitofflinePlatform(PlatformBase):
    pass
