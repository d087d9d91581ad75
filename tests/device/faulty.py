"""A line that damages what passes, in both directions, and a board that is reset, exchanged or unplugged meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping

from edgekit.device.link import Link

NOISE = (b"%", b"\n", b"\r\n", b"*", b"ek ", b"ek-", b"m-ready\r\n", b"m-init-done\r\n", b"e-[x]\r\n", b"infer", b"\0")
PASSING_BYTES = 400  # what is delayed arrives after about so many further bytes


class FaultyLink:
    """A `Link` around a `Link`.

    Args:
        rate: probability of a fault per write and per read that brings something.
        faults: names of the faults to choose from, default all that need no `actions`.
        actions: what else may happen, by name: reset or unplug the board, for example.

    Attributes:
        injected: how often each fault happened.
    """

    KINDS = (
        "garble", "drop", "duplicate", "insert", "swap", "truncate", "behead", "swallow", "repeat", "replay", "delay",
        "burst", "split",
    )  # fmt: skip

    def __init__(
        self,
        link: Link,
        seed: int,
        rate: float,
        faults: tuple[str, ...] = KINDS,
        actions: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self.name = f"faulty line to {link.name}"
        self._link, self._rate, self._random = link, rate, random.Random(seed)
        self._actions = dict(actions or {})
        self._kinds = (*faults, *self._actions)
        self._late: dict[bool, bytes] = {True: b"", False: b""}  # by direction: to the board, from it
        self._seen: dict[bool, list[bytes]] = {True: [b""], False: [b""]}
        self.injected: Counter[str] = Counter()

    def write(self, data: bytes) -> None:
        changed = self._pass(data, True)
        if changed:
            self._link.write(changed)

    def read(self, timeout: float) -> bytes:
        data = self._link.read(timeout)
        return self._pass(data, False) if data else data

    def close(self) -> None:
        self._link.close()

    def _pass(self, data: bytes, to_board: bool) -> bytes:
        late = b""
        if self._late[to_board] and self._random.random() < len(data) / PASSING_BYTES:
            late, self._late[to_board] = self._late[to_board], b""
        seen = self._seen[to_board]
        seen.append(data)
        if len(seen) > 50:
            seen.pop(self._random.randrange(len(seen)))
        if self._random.random() >= self._rate:
            return late + data
        kind = self._random.choice(self._kinds)
        self.injected[kind] += 1
        if kind in self._actions:
            half = self._random.randrange(len(data) + 1)
            if to_board:  # part of the line arrives before, the rest after
                self._link.write(late + data[:half])
                late = b""
            self._actions[kind]()
            return data[half:] if to_board else late + data[:half]
        return late + getattr(self, f"_{kind}")(data, to_board)

    def _span(self, data: bytes) -> tuple[int, int]:
        start = self._random.randrange(len(data))
        return start, min(len(data), start + self._random.choice((1, 1, 1, 2, 5, 20)))

    def _garble(self, data: bytes, _: bool) -> bytes:
        start, stop = self._span(data)
        return data[:start] + bytes(b ^ (1 << self._random.randrange(8)) for b in data[start:stop]) + data[stop:]

    def _drop(self, data: bytes, _: bool) -> bytes:
        start, stop = self._span(data)
        return data[:start] + data[stop:]

    def _duplicate(self, data: bytes, _: bool) -> bytes:
        start, stop = self._span(data)
        return data[:stop] + data[start:]

    def _insert(self, data: bytes, _: bool) -> bytes:
        start, _stop = self._span(data)
        return data[:start] + self._random.choice(NOISE) + data[start:]

    def _swap(self, data: bytes, _: bool) -> bytes:
        start, stop = self._span(data)
        return data[:start] + data[start:stop][::-1] + data[stop:]

    def _truncate(self, data: bytes, _: bool) -> bytes:
        return data[: self._span(data)[0]]

    def _behead(self, data: bytes, _: bool) -> bytes:
        return data[self._span(data)[0] :]

    def _swallow(self, data: bytes, _: bool) -> bytes:
        return b""

    def _repeat(self, data: bytes, _: bool) -> bytes:
        return data * self._random.choice((2, 2, 3, 10))

    def _replay(self, data: bytes, to_board: bool) -> bytes:
        old = self._random.choice(self._seen[to_board])
        return self._random.choice((old + data, data + old, old))

    def _delay(self, data: bytes, to_board: bool) -> bytes:
        self._late[to_board] += data
        return b""

    def _burst(self, data: bytes, _: bool) -> bytes:
        start, _stop = self._span(data)
        return data[:start] + self._random.randbytes(self._random.choice((4, 64, 700, 5000))) + data[start:]

    def _split(self, data: bytes, to_board: bool) -> bytes:
        start, _stop = self._span(data)
        self._late[to_board] += data[start:]
        return data[:start]
