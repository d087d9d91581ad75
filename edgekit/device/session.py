"""Talking to the harness on a board: requests with checksums, repeated until a good answer comes or patience ends.

docs/serial.md states the protocol. No number from the board is believed unless its line's CRC is right, it answers the
request that was made, and it belongs to the run it should belong to; a board that was reset in between is fed again.
"""

from __future__ import annotations

import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.device.link import Link
from edgekit.errors import ToolError, VerificationError

CHUNK = 64  # bytes of input per line: fits the small receive buffers of boards
READ_CHUNK = 256
ATTEMPTS = 8  # of one request
RUNS = 5  # of one inference, when the board is reset or data is lost in between
NOISE_LIMIT = 1 << 20  # bytes without a line end that are kept before they are dropped


@dataclass(frozen=True)
class Info:
    """What the firmware says of itself: model hash, edgekit's version, layers, bytes, the counter, stack bytes used."""

    hash: str
    version: str
    layers: int
    input: int
    output: int
    arena: int
    hz: int
    unit: str
    stack: int


class Session:
    """A conversation with one board.

    Args:
        link: the line.
        model_hash: the graph's fingerprint; the firmware of another model is refused.
        patience: seconds to wait for the answer to a small request.

    Raises:
        ToolError: the board does not answer. VerificationError: it runs another model.
    """

    def __init__(self, link: Link, model_hash: str | None = None, patience: float = 2.0) -> None:
        self._link, self._patience = link, patience
        self._buffer = b""
        self._number = 0
        self._run = int(time.time()) % 100_000_000
        self.retries = 0
        self.info = self.ask_info()
        if model_hash is not None and self.info.hash != model_hash:
            raise VerificationError(
                "board", f"runs another model: {self.info.hash[:12]} instead of {model_hash[:12]}", "flash it again"
            )

    def ask_info(self) -> Info:
        """Ask again: the stack's high-water mark moves."""
        words = self.request("info")
        fields = dict(word.split("=", 1) for word in words[1:])
        try:
            numbers = {k: int(fields[k]) for k in ("layers", "input", "output", "arena", "hz", "stack")}
            return Info(hash=fields["hash"], version=fields["version"], unit=fields["unit"], **numbers)
        except (KeyError, ValueError) as error:
            raise ToolError("board", f"its firmware answers strangely: {words}", "flash it again") from error

    def request(self, words: str, patience: float | None = None) -> list[str]:
        """Send one command until a good answer comes; the answer's words. Raises ToolError."""
        for attempt in range(ATTEMPTS):
            self._number = self._number % 9999 + 1
            body = f"{self._number} {words}"
            # A leading terminator ends whatever a damaged line has left in the board's buffer.
            self._link.write(f"{'%' if attempt else ''}ek {body}*{_crc(body.encode())}%".encode())
            answer = self._await(str(self._number), patience or self._patience)
            if answer is not None and answer[:1] == ["error"]:
                raise ToolError("board", f"refuses {words.split()[0]!r}: {' '.join(answer)}", "flash it again")
            if answer is not None:
                return answer
            self.retries += 1
        raise ToolError(
            "board",
            f"gives no good answer to {words.split()[0]!r} in {ATTEMPTS} attempts",
            "check cable, port and baud rate",
        )

    def _await(self, number: str, patience: float) -> list[str] | None:
        deadline = time.monotonic() + patience
        while True:
            line, found, rest = self._buffer.partition(b"\n")
            if found:
                self._buffer = rest
                words = _checked(line)
                if words is not None and words[0] == number:
                    return words[1:]
                if words == ["?", "damaged"]:
                    return None
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._buffer = (self._buffer + self._link.read(min(left, 0.5)))[-NOISE_LIMIT:]

    def load(self, data: bytes) -> None:
        """Write the input buffer."""
        if len(data) != self.info.input:
            raise VerificationError("board", f"takes {self.info.input} input bytes, got {len(data)}", "flash it again")
        for start in range(0, len(data), CHUNK):
            self.request(f"load {start} {data[start : start + CHUNK].hex()}")

    def infer(self, data: bytes, outputs: Mapping[int, int], patience: float = 120.0) -> list[bytes]:
        """One inference of the concatenated inputs; the bytes at each (offset, length) of `outputs`.

        Raises ToolError when no run ends well.
        """
        for _ in range(RUNS):
            self.load(data)
            self._run += 1
            answer = self.request(f"infer {self._run}", patience)
            if answer[:3] != ["infer", str(self._run), _crc(data)] or len(answer) != 3 + len(outputs):
                self.retries += 1
                continue
            found = [self._read(offset, size) for offset, size in outputs.items()]
            if all(piece is not None and _crc(piece) == crc for piece, crc in zip(found, answer[3:], strict=True)):
                return [piece for piece in found if piece is not None]
            self.retries += 1
        raise ToolError("board", f"loses its state again and again ({RUNS} runs)", "is its supply stable?")

    def _read(self, offset: int, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            count = min(READ_CHUNK, size - len(data))
            answer = self.request(f"read {offset + len(data)} {count}")
            if answer[:3] != ["read", str(self._run), str(offset + len(data))] or len(answer) != 4:
                return None
            try:
                piece = bytes.fromhex(answer[3])
            except ValueError:
                return None
            if len(piece) != count:
                return None
            data += piece
        return data

    def layer_crcs(self, data: bytes, patience: float = 120.0) -> list[str]:
        """CRC-32 of every layer's output for one input, 8 hex digits each."""
        for _ in range(RUNS):
            self.load(data)
            answer = self.request("crc", patience)
            if answer[:2] == ["crc", _crc(data)] and len(answer) == 2 + self.info.layers:
                return answer[2:]
            self.retries += 1
        raise ToolError("board", f"loses its input again and again ({RUNS} runs)", "is its supply stable?")

    def times(self, patience: float = 120.0) -> tuple[int, list[int]]:
        """Ticks of a whole inference and of every layer, for the input that is loaded."""
        answer = self.request("time", patience)
        if answer[:1] != ["time"] or len(answer) != 2 + self.info.layers:
            raise ToolError("board", f"answers strangely: {answer[:3]}", "flash it again")
        return int(answer[1]), [int(word) for word in answer[2:]]

    def close(self) -> None:
        self._link.close()


def _crc(data: bytes) -> str:
    return f"{binascii.crc32(data):08x}"


def _checked(line: bytes) -> list[str] | None:
    """The words of an `ek-` line whose CRC is right, else None."""
    start = line.rfind(b"ek-")
    body, star, crc = line[start + 3 :].strip().rpartition(b"*")
    if start < 0 or not star or crc != _crc(body).encode():
        return None
    return body.decode("ascii", "replace").split(" ")
