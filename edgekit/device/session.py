"""Talking to the harness on a board: requests with checksums, repeated until a good answer comes or patience ends.

docs/serial.md states the protocol. No number from the board is believed unless its line's CRC is right, it answers the
request that was made in this session, and it names the model, the input and the run that it belongs to; a board that
was reset in between is fed again. What cannot be repaired ends in one ToolError or VerificationError.
"""

from __future__ import annotations

import binascii
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edgekit.device.link import Link
from edgekit.errors import ToolError, VerificationError

CHUNK = 64  # bytes of input per line, halved down to SMALLEST_CHUNK for boards that lose the end of long lines
SMALLEST_CHUNK = 8  # such a line has less than 64 characters, the receive buffer of the smallest boards
LARGEST_CHUNK = 256  # what fits the board's line buffer, for lines that lose nothing
READ_CHUNK = 128
ATTEMPTS = 8  # of one request
CHUNK_ATTEMPTS = 3  # of one load before shorter lines are tried
RUNS = 5  # of one inference, when the board is reset or data is lost in between
LINE_LIMIT = 1 << 20  # bytes without a line end that are kept before they are dropped


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
        clock: seconds since any moment; the link's waiting must move it.
        chunk: bytes of input per line, to begin with.

    Raises:
        ToolError: the board does not answer. VerificationError: it runs another model.
    """

    def __init__(
        self,
        link: Link,
        model_hash: str | None = None,
        patience: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        chunk: int = CHUNK,
    ) -> None:
        self._link, self._patience, self._clock = link, patience, clock
        self._where = f"board at {link.name}"
        self._rest = b""
        self._lines: deque[bytes] = deque()
        self._heard = 0
        # Late answers to an earlier session on this port must not pass for answers to this one.
        self._name = secrets.token_hex(4)
        self._number = 0
        self._run = secrets.randbelow(100_000_000)
        self._chunk = chunk
        self.retries = 0
        self.info = self.ask_info()
        self.retries = 0  # a board that starts when its port is opened misses the first request; that is no trouble
        if model_hash is not None and self.info.hash != model_hash:
            raise VerificationError(
                self._where,
                f"runs another model: {self.info.hash[:12]} instead of {model_hash[:12]}",
                "flash this one with `edgekit flash`, or give the folder of the other",
            )

    def ask_info(self) -> Info:
        """Ask again: the stack's high-water mark moves."""
        words = self.request("info")
        try:
            fields = dict(word.split("=", 1) for word in words[1:])
            numbers = {k: int(fields[k]) for k in ("layers", "input", "output", "arena", "hz", "stack")}
            return Info(hash=fields["hash"], version=fields["version"], unit=fields["unit"], **numbers)
        except (KeyError, ValueError) as error:
            raise self._strange(words) from error

    def request(self, words: str, patience: float | None = None) -> list[str]:
        """Send one command until a good answer comes; the answer's words. Raises ToolError.

        Args:
            patience: seconds for the work itself, once the board has said that it begins.
        """
        answer = self._ask(words, patience or self._patience, ATTEMPTS)
        if answer is not None:
            return answer
        heard = f"no good answer among {self._heard} bytes" if self._heard else "no answer"
        raise ToolError(
            self._where,
            f"{heard} to {words.split()[0]!r} in {ATTEMPTS} attempts",
            "is edgekit's firmware on it? check cable, port and baud rate; reset the board and repeat",
        )

    def _ask(self, words: str, patience: float, attempts: int) -> list[str] | None:
        """The answer's words, or None. All attempts share a number: requests may be repeated, so any answer is good."""
        self._number += 1
        self._heard = 0
        number = f"{self._name}-{self._number}"
        body = f"{number} {words}"
        line = f"ek {body}*{_crc(body.encode())}%".encode()
        for attempt in range(attempts):
            # A leading terminator ends whatever a damaged line has left in the board's buffer.
            self._link.write(b"%" + line if attempt else line)
            last = attempt == attempts - 1
            answer = self._await(number, patience if last else self._patience, patience)
            if answer is not None:
                if answer[0] == "error":
                    raise ToolError(self._where, f"refuses {words.split()[0]!r}: {' '.join(answer)}", "flash it again")
                if answer[0] == words.split()[0]:
                    return answer
            self.retries += 1
        return None

    def _await(self, number: str, patience: float, work: float) -> list[str] | None:
        """The words that answer `number`; None when time is up.

        Signs of damage or of a reset shorten the waiting but do not end it: they may be late ones, of other lines.
        """
        deadline = self._clock() + patience
        begun = False
        while True:
            left = deadline - self._clock()
            if left <= 0:
                return None
            if not self._lines:
                self._receive(min(left, 0.5))
                continue
            line = self._lines.popleft()
            words = _checked(line)
            if words is not None and words[0] == number and len(words) > 1:
                if words[1] != "begun":
                    return words[1:]
                begun, deadline = True, self._clock() + work
            elif b"m-init-done" in line or (not begun and (words == ["?", "damaged"] or b"e-[" in line)):
                deadline = min(deadline, self._clock() + self._patience / 10)

    def _receive(self, timeout: float) -> None:
        data = self._link.read(timeout)
        self._heard += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines.extend(lines)
        self._rest = self._rest[-LINE_LIMIT:]

    def load(self, data: bytes) -> None:
        """Write the input buffer; whoever uses it must check its CRC, for the board may lose it again."""
        if len(data) != self.info.input:
            raise VerificationError(
                self._where, f"takes {self.info.input} input bytes, got {len(data)}", "flash it again"
            )
        start = 0
        while start < len(data):
            words = f"load {start} {data[start : start + self._chunk].hex()}"
            if self._chunk > SMALLEST_CHUNK and self._ask(words, self._patience, CHUNK_ATTEMPTS) is None:
                self._chunk //= 2
                continue
            if self._chunk <= SMALLEST_CHUNK:
                self.request(words)
            start += self._chunk

    def infer(self, data: bytes, outputs: Mapping[int, int], patience: float = 120.0) -> list[bytes]:
        """One inference of the concatenated inputs; the bytes at each (offset, length) of `outputs`.

        Raises ToolError when no run ends well.
        """
        for _ in range(RUNS):
            self._run += 1
            answer = self._compute(f"invoke {self._run}", data, patience)
            if len(answer) != 1 + len(outputs) or answer[0] != str(self._run):
                raise self._strange(answer)
            found = [self._read(offset, size) for offset, size in outputs.items()]
            if all(piece is not None and _crc(piece) == crc for piece, crc in zip(found, answer[1:], strict=True)):
                return [piece for piece in found if piece is not None]
            self.retries += 1
        raise self._forgets()

    def layer_crcs(self, data: bytes, patience: float = 120.0) -> list[str]:
        """CRC-32 of every layer's output for one input, 8 hex digits each. Raises ToolError."""
        answer = self._compute("crc", data, patience)
        if len(answer) != self.info.layers:
            raise self._strange(answer)
        return answer

    def times(self, data: bytes, patience: float = 120.0, warmup: int = 1) -> tuple[int, list[int]]:
        """Ticks of a whole inference and of every layer for one input, after uncounted runs. Raises ToolError."""
        answer = self._compute(f"time {warmup}", data, patience)
        if len(answer) != 1 + self.info.layers or not all(word.isdecimal() for word in answer):
            raise self._strange(answer)
        return int(answer[0]), [int(word) for word in answer[1:]]

    def _compute(self, words: str, data: bytes, patience: float) -> list[str]:
        """Load the input and run a command on it; its results, of this model and this input for certain."""
        for _ in range(RUNS):
            self.load(data)
            answer = self.request(words, patience)
            if answer[1:3] == [self.info.hash[:8], _crc(data)]:
                return answer[3:]
            if len(answer) > 1 and answer[1] != self.info.hash[:8]:
                raise VerificationError(self._where, "its firmware was exchanged meanwhile", "begin again")
            self.retries += 1
        raise self._forgets()

    def _read(self, offset: int, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            count = min(READ_CHUNK, size - len(data))
            answer = self.request(f"read {offset + len(data)} {count}")
            if answer[1:3] != [str(self._run), str(offset + len(data))] or len(answer) != 4:
                return None
            try:
                piece = bytes.fromhex(answer[3])
            except ValueError:
                return None
            if len(piece) != count:
                return None
            data += piece
        return data

    def _strange(self, words: list[str]) -> ToolError:
        return ToolError(self._where, f"its firmware answers strangely: {' '.join(words)[:80]!r}", "flash it again")

    def _forgets(self) -> ToolError:
        return ToolError(self._where, f"loses its state again and again ({RUNS} runs)", "is its supply stable?")

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
