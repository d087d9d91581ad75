"""What putting outputs together takes on M4, M7 and M33, by what they can be before their clamp.

Taken for granted: three instructions join four outputs, and two outputs in the halves of a register take one clamp
(USAT16, SSAT16). The last of the three is one only if the bytes of both registers are where they belong. SEL, by flags
that MSR sets once, takes them from a register each: outputs 1 and 3 of a word then are in the upper bytes of halves,
2^7 times as large by MLA t, 2^(23-e) + g, start instead of SMMLAR and by PKHTB, where QADD16 with itself clamps what is
from -256 to 255 before (some small g rounds ties as the reference does), and SSAT with a shift one output, whatever it
is. ORR takes an EOR more for four, as it wants bytes without a sign. No kernel has this yet: the flags take two
instructions, the addend a register, which costs about as many loads as SEL saves in layers of 4 to 8 inputs. So a word
takes

- 3, and 1 where outputs 0 or 2 need a clamp;
- nothing for outputs 1 and 3 where they need none, 1 where one does or where QADD16 serves both, else 2.

Where the right shift is 8 and what it shifts fits 16 bits, outputs 1 and 3 need no second multiplication: SMMLAR with
an addend in its upper half, PKHBT of both lower halves, PKHTB of both upper ones, which are addend and sign, and QADD16
of the two, which clamps as well: 3 instead of 2 multiplications, PKHTB and a clamp. No kernel has this, and no layer
of the sweep that is over its limit would gain by it.

Outputs that are left over take SSAT, where they need a clamp, and STRB; joined for STRH they take no less. Outputs 1
and 3 may also come one by one, each by BFI after SSAT16 if it needs a clamp: no fewer, but three outputs then are in
one register; or each by SSAT and STRB after the store of the word, which takes no more either.

`argued` adds that outputs which SEL joins after QADD16 need an addend besides the divider, where others have both in
one word: in a register, which constants do not come to then, or loaded, eight channels take six loads instead of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from edgekit.graph import Graph
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetic import high_mul, multiply, quantize_multipliers
from edgekit.reference.requantize import effective_scale

WORD, HALF = 4, 16  # outputs; bits
JOINED, FLIPPED, ADDEND = 3.0, 1.0, 0.5  # of a word: what joins outputs, EOR, loads for SEL's addend
LEFT_OVER, LEFT_INSIDE = 2.0, 1.0  # of an output, with its store


@dataclass(frozen=True)
class Together:
    """Instructions an output, on the average of a layer's.

    Attributes:
        joined: without SEL. open: whether a word has an output 0 or 2 that needs no clamp.
    """

    least: float
    argued: float
    joined: float
    open: bool = field(default=False, compare=False)


CLAMPED = Together(1.5, 1.5, 1.5)  # any outputs


@dataclass(frozen=True)
class Ends:
    """The lowest and highest value of a channel's outputs before the clamp; `halves`: shifted by 8 from 16 bits."""

    low: int
    high: int
    halves: bool = False

    @property
    def inside(self) -> bool:
        return self.low >= -128 and self.high <= 127

    @property
    def nearly(self) -> bool:
        return self.low >= -256 and self.high <= 255


def of_word(ends: Sequence[Ends]) -> Together:
    """All instructions of one word."""
    even = float(not (ends[0].inside and ends[2].inside))
    clamped = 2 - ends[1].inside - ends[3].inside
    alone = JOINED + even + clamped
    odd = float(clamped if clamped < 2 else 2 - (ends[1].nearly and ends[3].nearly))
    odd *= not (ends[1].halves and ends[3].halves)
    selected, flipped = JOINED + even + odd, JOINED + FLIPPED + even + (odd > 0)
    joined = min(alone, flipped)
    return Together(min(selected, flipped), min(selected + ADDEND, joined), joined, ends[0].inside or ends[2].inside)


def of_channels(ends: Sequence[Ends], outputs: int) -> Together:
    """Of outputs that follow each other, channel after channel."""
    words = [of_word([ends[(WORD * i + k) % len(ends)] for k in range(WORD)]) for i in range(outputs // WORD)]
    rest = [ends[i % len(ends)].inside for i in range(outputs - outputs % WORD, outputs)]
    left = sum(LEFT_INSIDE if inside else LEFT_OVER for inside in rest)
    totals = [left + sum(getattr(word, name) for word in words) for name in ("least", "argued", "joined")]
    return Together(*(total / outputs for total in totals), open=any(w.open for w in words))


def multipliers(graph: Graph) -> int:
    """Different ones that the channels of one layer with weights have."""
    node = graph.nodes[0]
    x, w = (graph.tensors[name] for name in node.inputs[:2])
    m, _ = quantize_multipliers(np.atleast_1d(effective_scale(x, w, graph.tensors[node.outputs[0]])))
    return len(np.unique(m))


def of_graph(graph: Graph) -> Together:
    """Of one layer with weights, of windows that are whole."""
    node = graph.nodes[0]
    (x, w, b), y = (graph.tensors[name] for name in node.inputs), graph.tensors[node.outputs[0]]
    channels = y.shape[-1]
    assert w.data is not None and b.data is not None
    depthwise = isinstance(node.op, DepthwiseConv2D)
    weights = (w.data.reshape(-1, channels).T if depthwise else w.data.reshape(channels, -1)).astype(np.int64)
    m, shift = quantize_multipliers(np.broadcast_to(effective_scale(x, w, y), (channels,)))
    folded = b.data.astype(np.int64) - x.zero_point * weights.sum(1)
    low = folded + np.minimum(-128 * weights, 127 * weights).sum(1)
    high = folded + np.maximum(-128 * weights, 127 * weights).sum(1)
    ends = [multiply(a, m, shift) + y.zero_point for a in (low, high)]
    halves = (shift == -HALF // 2) & (high_mul(low, m) >= -(1 << HALF - 1)) & (high_mul(high, m) < 1 << HALF - 1)
    period = [Ends(int(first), int(last), bool(half)) for first, last, half in zip(*ends, halves, strict=True)]
    return of_channels(period, y.elements)
