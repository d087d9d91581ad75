"""What layers of few outputs take at the least, in instructions: there the fixed parts of a call count.

A fully connected layer on Helium:
- 11 before the kernel's first instruction, and its return.
- VMLADAVA takes 16 products of one output; an instruction with lanes of 16 bits 8. Lanes of 8 bits hold no product.
- Both its operands are in vector registers: 4 of them, or 8 for a VPUSH and a VPOP. One load brings inputs or weights,
  which lie apart; of R registers at most R - 1 are of use, since the other operand takes one, and M of them meet at
  most R - M others, so that each load but the first makes at most R * R / 4 products possible.
- Sums begin with their biases: an LDM loads as many as there are registers for sums, 8.
- Two sums are brought to lanes by a VMOV, or 8 by a PUSH and 32 by a VLDM, for one PUSH more that saves registers:
  without it only three sums could be stored at once.
- Four outputs take two multiplications and a narrowing (a rounding shift that narrows would leave ties to be
  corrected), 16 outputs a store. One alone takes two multiplications, SSAT and STRB, and no lanes.
"""

from __future__ import annotations

CALL = 12
VECTOR, LANES_16 = 16, 8  # products of an instruction
SUMS, IN_VECTORS, STORED, LANES = 8, 32, 16, 4  # of one LDM or PUSH, VLDM, store, vector
ALONE = 4


def connected_on_helium(samples: int, units: int, inputs: int) -> float:
    """Of a layer of `samples` samples of `inputs` into `units`."""
    outputs, whole = samples * units, inputs // VECTOR
    products = outputs * (whole + min(1.0, inputs % VECTOR / LANES_16))
    kinds = (samples * inputs, units * inputs)
    loads = min(_loads(registers, saved, kinds, outputs * whole) for registers, saved in ((4, 0), (8, 2)))
    requantized = min(_in_vectors(outputs - alone) + ALONE * alone for alone in range(min(outputs, LANES) + 1))
    return CALL + products + loads + _up(outputs, SUMS) + requantized


def _loads(registers: int, saved: int, kinds: tuple[int, int], products: int) -> int:
    brought = sum(_up(_up(size, VECTOR), registers - 1) for size in kinds)
    return saved + max(brought, 1 + _up(4 * products, registers * registers))


def _in_vectors(outputs: int) -> int:
    def lanes(pushed: int) -> int:
        return _up(outputs - pushed, 2) + ((1 + _up(pushed, SUMS) + _up(pushed, IN_VECTORS)) if pushed else 0)

    return min(map(lanes, range(outputs + 1))) + 3 * _up(outputs, LANES) + _up(outputs, STORED)


def _up(a: int, b: int) -> int:
    return -(-a // b)
