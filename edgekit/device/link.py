"""A byte stream to a board: a serial port, or the pseudo-terminal of an emulator; the same code drives both."""

from __future__ import annotations

from typing import Protocol

from edgekit.errors import ToolError


class Link(Protocol):
    """What a session needs of a line to a board."""

    def write(self, data: bytes) -> None:
        """Send all bytes. Raises ToolError when the board is gone."""
        ...

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for the first byte; b"" when nothing came."""
        ...

    def close(self) -> None: ...


class SerialLink:
    """A serial port by name (`/dev/ttyACM0`, `COM3`, an emulator's pty).

    Raises:
        ToolError: pyserial is missing, or the port cannot be opened.
    """

    def __init__(self, port: str, baud: int = 115200) -> None:
        try:
            import serial
        except ImportError as error:
            raise ToolError("serial port", "pyserial is not installed", 'pip install "edgekit[firmware]"') from error
        self._failure = serial.SerialException
        self.port = port
        try:
            self._serial = serial.Serial(port, baud, timeout=0, write_timeout=10, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise ToolError(
                f"port {port}", f"cannot be opened: {error}", "is the board plugged in and free?"
            ) from error

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except (self._failure, OSError) as error:
            raise _gone(self.port, error) from error

    def read(self, timeout: float) -> bytes:
        try:
            self._serial.timeout = timeout
            first: bytes = self._serial.read(1)
            return first + self._serial.read(self._serial.in_waiting) if first else b""
        except (self._failure, OSError) as error:
            raise _gone(self.port, error) from error

    def close(self) -> None:
        self._serial.close()


def _gone(port: str, error: Exception) -> ToolError:
    return ToolError(f"port {port}", f"the board vanished: {error}", "plug it in again and repeat")
