"""What layers take at the least, in instructions, whatever the form.

Cortex-M4 (M7, M33): SMMULR and SMMLAR for an output; 3 to 6 to put four together, by what they can be before their
clamp (bounds_words_dsp.py); STM for 52, of all registers but its base. SMLAD takes two products, of inputs that SXTB16
expanded two at a time (a word of four as it is has low bytes without a sign in its halves; EOR gives these one, for as
much as SXTB16), 56 of which an LDM loads, its base too. Before the kernel and for its return 12; PUSH may be missing.
Winograd's algorithm needs fewer products. Where windows overlap, SMLAL takes four, of two inputs and two weights in one
register each: x0 wa, x1 wa + x0 wb and x1 wb, sums of three outputs, in halves where they fit
(`conv_2d_thirteen_pairs_dsp`) or in 21 bits each (`conv_2d_kronecker_dsp`). Where windows do not overlap, two of these
at most are of use: the middle ones of one output, whose inputs then have different weights, or one input or one weight
for two outputs; and a sum in a half takes an instruction to leave it, which is more than half a SMLAD that is saved.
But an odd input's products with two weights may be in two registers (`pointwise_packed_odd_dsp`): so two channels take
one product less, if two instructions bring that input, sign extended and 2^8 times as large.
Loads count in layers of one sample or one output (bounds_tiny_dsp.py), and together with stores in 1x1 and fully
connected ones of four inputs (bounds_pointwise_dsp.py); of five, loads, and what brings a pixel's odd input
(bounds_pointwise_five_dsp.py).

On all cores 1x1 convolutions of one input need no product at all (bounds_table.py), nor do larger windows of which one
input is inside the picture. Larger tables are left out, whatever they save: two inputs have 65,536 values, and so may
the sum that a table could requantize, 64 KiB of flash for each channel of a layer with three weights.

Cortex-M55: VMLADAVA takes 16 products. One LDM begins eight sums; or, where a window leaves lanes free, these hold the
biases, for half a store and a sixteenth of a load a window; where a vector can have several windows (any that overlap),
nothing, since one sum may be made of another (1x1 windows of 6 to 8 channels: bounds_pointwise_helium.py). That needs
no fewer products: the difference of two windows has all taps of either. One PUSH takes eight sums away; four
multiplications and two narrowings follow. Loads bring up to 8 vectors: between two of them at most 4 filters meet 4
windows, and of sums at most 7 vectors come to lanes, beside one of constants, as VQRDMLASH has a vector besides its
scalar; no mix of such loads takes less than 1/16 a product and 1/28 an output. VSTM stores 96 outputs.

Narrowings. Given are the multiplications: VQRDMULH and VQRDMLASH leave the output in the low half of 32 bits, without
its clamp. To clamp takes an instruction for 4, or for 8 in lanes of 16 bits, where one has put 8 beside each other;
lanes of 8 bits have lost what a clamp needs. Stores that narrow, gathers and VLD4 do without, but do not clamp.
VQRDMLASH can clamp at one end (its scalar near the largest), never at both. With a ReLU at the zero point, no tie below
it counts, and VQRDMLASH and VQSHL clamp in the highest byte, from where a gather takes 16: such layers, or those whose
outputs need no clamp, may take fewer than this; so may those of products of 16 bits and shifts up to 3.

Stores. 16 outputs are narrowed from four vectors of sums, two by two. While the last of these meets its second
multiplier, both and the three others take four registers; so five vectors of 16 outputs at most come with a VSTM. Then
three registers are left: a multiplier's, 4 outputs that meet it, and 12 others: 96. To narrow three vectors into one
register and the fourth one apart takes an instruction more, which with the VSTM is two for at most 100 outputs.

A call takes 11 to find the layer and reach its kernel, which `model_invoke` executes as well, and its return; PUSH, POP
(a return too), and one that moves an address from where sums are, where outputs are many enough to need those
registers.

Of 1x1 and fully connected layers of up to 4 inputs, lanes of four outputs may be cheaper: VMLA and VMLAS take four
products (halves do not hold more than two of weights that use their range, and to widen them takes what they save), one
of them begins with the bias, and nothing is brought to lanes; two multiplications for each four, two narrowings for 8.

What `argued` adds is not proven. On the M55 it is a store for 16 outputs instead of 96: vectors that wait for a VSTM
of several take registers from loads of sums and constants. With 1, 2 or 4 filters that may pay (of one, 7, 5 and 4
vectors of sums come, then one store of 64 outputs), and `argued` is `least`; with others, 16 outputs that follow each
other have lanes of different channels, whose multipliers are vectors too, and no schedule is known in which it does;
of 1x1 windows of 6 to 8 channels some addresses and parts of loads as well (bounds_pointwise_helium.py). On
the M4 these are STRD for eight outputs, as words of y that wait for a longer store take registers, or the stack; LDM of
48 inputs; an SXTB16 for the odd input of a pixel of three or five, as its bytes are two apart, and those inputs of two
pixels never are; PUSH, POP and a load of constants; an addend (bounds_words_dsp.py); where two channels share the
product of an odd input of five, a bias, which is no half of another word then, LDR for a pixel's word, and, for every
two pixels, what puts x and y away and ends a turn; and what loading weights and constants takes of an output where a
pixel has at least four: the least of all schedules of LDM that were searched, channel after channel with all registers.

Fully connected layers of few outputs, where the fixed parts of a call count, on Helium:
- 11 before the kernel's first instruction, and its return.
- VMLADAVA takes 16 products of one output; an instruction with lanes of 16 bits 8. Lanes of 8 bits hold no product.
- Both its operands are in vector registers: 4 of them, or 8 for a VPUSH and a VPOP. One load brings inputs or weights,
  which lie apart; of R registers at most R - 1 are of use, since the other operand takes one, and M of them meet at
  most R - M others, so that each load but the first makes at most R * R / 4 products possible.
- Sums begin with their biases: an LDM loads as many as there are registers for sums, 8; where inputs leave lanes free
  nothing is charged.
- Two sums are brought to lanes by a VMOV, or 8 by a PUSH and 32 by a VLDM, for one PUSH more that saves registers:
  without it only three sums could be stored at once. Constants of requantization come by loads of their own, at
  most R - 1 at once, and stay for the sums of all samples. Beside s vectors of sums there are s / samples of constants
  at the least, and beside the first ones after a load of constants all that it brought.
- Four outputs take two multiplications and a narrowing (a rounding shift that narrows would leave ties to be
  corrected), 96 outputs a store (`argued`: 16). One alone takes two multiplications, SSAT and STRB, and no lanes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from benchmarks import (
    bounds_pointwise_dsp,
    bounds_pointwise_five_dsp,
    bounds_pointwise_helium,
    bounds_table,
    bounds_tiny_dsp,
)
from benchmarks.bounds_words_dsp import CLAMPED, Together

CALL = 12
VECTOR, LANES_16 = 16, 8  # products of an instruction
SUMS, LANES = 8, 4  # of one LDM or PUSH, vector
STORED, STORED_ALONE = 96, 16  # outputs of a VSTM, of a store of one vector
EVEN_LANES = (1, 2, 4)  # filters, where all lanes of a vector have one
MOVED, FROM_MOVED = 2, 64  # of a call, what only many outputs need
ALONE = 4
IN_LANES, REQUANTIZED = 4, 3 / 4  # inputs up to which lanes of outputs may be cheaper; of an output, in lanes


@dataclass(frozen=True)
class Shape:
    """A layer's numbers.

    Attributes:
        samples, windows: of the input; outputs: of all; inputs: that are read; channels: that one tap of a window has;
        terms: products of an output; inside: how many windows have how many taps inside the input.
        row: where windows have strides, how many are in a row; else 0.
        together: what puts its outputs together on the M4. multipliers: different ones that its channels have.
    """

    kind: str
    samples: int
    windows: int
    outputs: int
    inputs: int
    channels: int
    terms: int
    inside: Mapping[int, int]
    row: int = 0
    together: Together = CLAMPED
    multipliers: int = 1


@dataclass(frozen=True)
class Bound:
    """What a core takes.

    Attributes:
        output: to requantize and store one, on the M4 without putting it into a word; begin: of one, to load its bias;
        free: of a window, to have all of them in free lanes; word: `terms` products of one output, and `loaded`, the
        share of an instruction that loads their operands; value: to bring an input into a register. `call`: for the
        call itself. overlapping: products of an instruction where windows overlap, of several outputs; 0 for as many as
        elsewhere.
    """

    output: float
    begin: float
    free: float
    terms: int
    loaded: float
    value: float
    call: float = 14
    overlapping: int = 0

    def of(self, shape: Shape) -> float:
        total = self.call + shape.outputs * self.output + shape.inputs * self.value
        filters = shape.outputs / shape.windows
        for taps, count in shape.inside.items():
            products = taps * shape.channels
            rest = products % self.terms
            begun = min(self.begin * filters, self.free) if rest else self.begin * filters
            if rest and (taps > 1 or 2 * rest <= self.terms):
                begun = 0.0  # windows share the vector with the free lanes
            share = count * shape.windows / sum(shape.inside.values())
            overlap = self.overlapping and shape.terms > shape.channels
            words = products / self.overlapping if overlap else -(-products // self.terms)
            total += share * (filters * words * (1 + self.loaded) + begun)
        return total


BOUNDS = {
    "m4": Bound(2 + 1 / 52, 0, 0, 2, 0, 1 / 2 + 1 / 56, call=12, overlapping=4),
    "m55": Bound(7 / 8 + 1 / 28, 1 / 8, 9 / 16, 16, 1 / 16, 0, CALL),
}
ARGUED = Bound(2.125, 0, 0, 2, 0, 1 / 2 + 1 / 48, overlapping=4)  # on the M4
APART = {3: 0.5, 5: 0.5}  # of a pixel, by its inputs: an SXTB16 that has one of them only
WEIGHTS_OF_FOUR, WEIGHTS = 0.625, 0.75  # of an output of four terms and of more, on the M4
BESIDES = {5: (2.4, 0.075)}  # where two channels share an odd input's product: of a pixel, and of each of its outputs


def least(core: str, shape: Shape) -> float:
    """Instructions that a layer takes at the least."""
    if _of_one_input(shape):
        of_table = bounds_table.on_helium if core == "m55" else bounds_table.on_dsp
        return of_table(shape.outputs // shape.windows, shape.windows)
    if core == "m55":
        return _on_helium(shape, STORED)
    together = shape.together.least
    found = _with_words(BOUNDS["m4"], together, shape)
    if shape.kind in ("pointwise", "fully_connected"):
        units = shape.outputs // shape.windows
        words = together, shape.multipliers, shape.row > 0, shape.together.joined
        found = max(found, bounds_tiny_dsp.least(shape.windows, units, shape.terms, *words))
        found = max(found, bounds_pointwise_dsp.least(shape.terms, shape.outputs, shape.windows, shape.together))
        if shape.terms == bounds_pointwise_five_dsp.INPUTS:
            found = max(found, bounds_pointwise_five_dsp.least(shape.outputs, shape.windows, together))
        found -= _of_two_channels(shape)
    return found


def _of_two_channels(shape: Shape, of_pixel: float = 0, of_output: float = 0) -> float:
    """What SMLAL saves, for an odd input's products with two weights, less an instruction for that input and more."""
    units = shape.outputs // shape.windows
    return shape.terms % 2 * shape.windows * max(0.0, units // 2 - 1 - of_pixel - of_output * units)


def _of_one_input(shape: Shape) -> bool:
    """Whether no window of a convolution has more than one inside the picture."""
    return shape.kind in ("conv", "pointwise") and max(shape.inside) * shape.channels == 1


def _with_words(bound: Bound, together: float, shape: Shape) -> float:
    return replace(bound, output=bound.output + together).of(shape)


def argued(core: str, shape: Shape) -> float:
    """The same with what is not proven."""
    if _of_one_input(shape):
        of_table = bounds_table.argued_on_helium if core == "m55" else bounds_table.on_dsp
        return of_table(shape.outputs // shape.windows, shape.windows)
    if core == "m55":
        even = shape.outputs // shape.windows in EVEN_LANES
        return _on_helium(shape, STORED) if even else max(least(core, shape), _argued_on_helium(shape))
    dense = shape.kind in ("pointwise", "fully_connected") and shape.outputs >= 4 * shape.windows
    more = (WEIGHTS if shape.terms > 4 else WEIGHTS_OF_FOUR if shape.terms == 4 else 0.0) if dense else 0.0
    together = shape.together.argued if more else shape.together.least
    found = _with_words(ARGUED, together + more, shape)
    if shape.kind in ("pointwise", "fully_connected"):
        found += APART.get(shape.terms, 0.0) * shape.windows
        found -= _of_two_channels(shape, *BESIDES.get(shape.terms, ()))
    return max(found, least(core, shape))


def _argued_on_helium(shape: Shape) -> float:
    if _of_a_pixel(shape):
        windows, row = shape.windows, shape.row
        return bounds_pointwise_helium.argued(windows, shape.outputs // windows, row, STORED_ALONE, shape.samples)
    return _on_helium(shape, STORED_ALONE)


def _of_a_pixel(shape: Shape) -> bool:
    return shape.kind == "pointwise" and shape.channels in bounds_pointwise_helium.CHANNELS


def _on_helium(shape: Shape, stored: int) -> float:
    if _of_a_pixel(shape):
        return bounds_pointwise_helium.least(shape.windows, shape.outputs // shape.windows, shape.row, stored)
    more = _up(shape.outputs, stored) + MOVED * (shape.outputs >= FROM_MOVED)
    found = BOUNDS["m55"].of(shape) + more
    if shape.kind in ("pointwise", "fully_connected") and shape.terms <= IN_LANES:
        found = min(found, CALL + shape.outputs * (REQUANTIZED + shape.terms / LANES) + more)
    if shape.kind == "fully_connected":
        found = max(found, connected_on_helium(shape.samples, shape.outputs // shape.samples, shape.terms, stored))
    return found


def connected_on_helium(samples: int, units: int, inputs: int, stored: int = STORED) -> float:
    """Of a layer of `samples` samples of `inputs` into `units`, with `stored` outputs a store."""
    return min(_with(registers, saved, samples, units, inputs, stored) for registers, saved in ((4, 0), (8, 2)))


def _with(registers: int, saved: int, samples: int, units: int, inputs: int, stored: int) -> float:
    outputs, (whole, rest) = samples * units, divmod(inputs, VECTOR)
    pairs = whole + (rest / LANES_16 >= 1 + 4 / registers**2)  # for VMLADAVA; else lanes may be cheaper
    products = outputs * (whole + min(1.0, rest / LANES_16))
    brought = sum(_up(_up(size, VECTOR), registers - 1) for size in (samples * inputs, units * inputs))
    loads = 1 + _up(4 * outputs * pairs, registers**2)
    requantized = min(
        _in_vectors(outputs - alone, samples, registers, stored) + ALONE * alone
        for alone in range(min(outputs, LANES) + 1)
    )
    begun = 0 if rest else _up(outputs, SUMS)
    return CALL + saved + products + max(brought, loads) + begun + requantized


def _in_vectors(outputs: int, samples: int, registers: int, stored: int) -> int:
    def lanes(pushed: int) -> int:
        moved = _up(outputs - pushed, 2) + (1 + _up(pushed, SUMS) if pushed else 0)
        return moved + _brought(_up(pushed, LANES), _up(outputs, LANES * samples), samples, registers)

    return min(map(lanes, range(outputs + 1))) + 3 * _up(outputs, LANES) + _up(outputs, stored)


def _brought(sums: int, constants: int, samples: int, registers: int) -> int:
    """Loads of so many vectors."""
    most = registers * samples // (samples + 1)  # vectors of sums beside their constants
    least = _up(constants, registers - 1)
    return min(
        loads + _up(sums + max(0, constants - loads * (registers - most)), most) if sums else loads
        for loads in range(least, constants + 1)
    )


def _up(a: int, b: int) -> int:
    return -(-a // b)
