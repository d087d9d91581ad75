"""A byte stream to a board: a serial port, or the pseudo-terminal of an emulator; the same code drives both."""

from __future__ import annotations

from typing import Protocol

import serial

from edgekit.errors import ToolError

WRITE_SECONDS = 10  # a board that takes no byte for so long is stuck
READ_BYTES = 1 << 16


class Link(Protocol):
    """What a session needs of a line to a board. `name` is what error messages call it."""

    name: str

    def write(self, data: bytes) -> None:
        """Send all bytes. Raises ToolError when the board is gone or takes nothing."""
        ...

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for the first byte; b"" when nothing came."""
        ...

    def close(self) -> None: ...


class SerialLink:
    """A serial port by name (`/dev/ttyACM0`, `COM3`, an emulator's pty) or by pyserial's URL (`socket://host:port`).

    A port is opened for this process alone.

    Raises:
        ToolError: the port cannot be opened.
    """

    def __init__(self, port: str, baud: int = 115200) -> None:
        self._timeout = serial.SerialTimeoutException
        self._failures = _failures()
        self.name = port
        opening: tuple[type[Exception], ...] = (*self._failures, ValueError)
        try:
            self._serial = serial.serial_for_url(
                port, baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=None if "://" in port else True
            )
        except opening as error:
            text = str(error)
            taken = "exclusively lock" in text or "busy" in text.lower() or "PermissionError" in text
            raise ToolError(
                f"port {port}",
                "is in use by another program" if taken else f"cannot be opened: {text}",
                "end that program, or share the board through labgrid (docs/hil.md)"
                if taken
                else "is the board plugged in, and may you open the port?",
            ) from error

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except self._timeout as error:
            raise ToolError(
                f"port {self.name}", f"the board takes no bytes for {WRITE_SECONDS} s", "reset the board and repeat"
            ) from error
        except self._failures as error:
            raise self._gone(error) from error

    def read(self, timeout: float) -> bytes:
        try:
            self._serial.timeout = timeout
            first: bytes = self._serial.read(1)
            if not first:
                return b""
            self._serial.timeout = 0
            return first + bytes(self._serial.read(READ_BYTES))
        except self._failures as error:
            raise self._gone(error) from error

    def close(self) -> None:
        try:
            self._serial.close()
        except self._failures:  # a vanished port needs no closing
            return

    def _gone(self, error: Exception) -> ToolError:
        return ToolError(f"port {self.name}", f"the board vanished: {error}", "plug it in again and repeat")


def _failures() -> tuple[type[Exception], ...]:
    """What pyserial lets through when a device vanishes; TypeError: it uses a descriptor that is closed already."""
    try:
        import termios
    except ImportError:  # Windows
        return (OSError, TypeError)
    return (OSError, TypeError, termios.error)
