"""What layers of few outputs take at the least, in instructions: there the fixed parts of a call count.

A fully connected layer on Helium:
- 11 before the kernel's first instruction, and its return.
- VMLADAVA takes 16 products of one output; an instruction with lanes of 16 bits 8. Lanes of 8 bits hold no product.
- Both its operands are in vector registers: 4 of them, or 8 for a VPUSH and a VPOP. One load brings inputs or weights,
  which lie apart; of R registers at most R - 1 are of use, since the other operand takes one, and M of them meet at
  most R - M others, so that each load but the first makes at most R * R / 4 products possible. Samples of less than
  a vector that do not begin at words come one by one: each meets at most R - 1 weights.
- Sums begin with their biases: an LDM loads as many as there are registers for sums, 8.
- Two sums are brought to lanes by a VMOV, or 8 by a PUSH and 32 by a VLDM, for one PUSH more that saves registers:
  without it only three sums could be stored at once. Constants of requantization come by loads of their own, at
  most R - 1 at once, and stay for the sums of all samples. Beside s vectors of sums there are s / samples of constants
  at the least, and beside the first ones after a load of constants all that it brought.
- Four outputs take two multiplications and a narrowing (a rounding shift that narrows would leave ties to be
  corrected), 16 outputs a store. One alone takes two multiplications, SSAT and STRB, and no lanes.
"""

from __future__ import annotations

CALL = 12
VECTOR, LANES_16 = 16, 8  # products of an instruction
SUMS, STORED, LANES = 8, 16, 4  # of one LDM or PUSH, store, vector
ALONE = 4


def connected_on_helium(samples: int, units: int, inputs: int) -> float:
    """Of a layer of `samples` samples of `inputs` into `units`."""
    return min(_with(registers, saved, samples, units, inputs) for registers, saved in ((4, 0), (8, 2)))


def _with(registers: int, saved: int, samples: int, units: int, inputs: int) -> float:
    outputs, (whole, rest) = samples * units, divmod(inputs, VECTOR)
    pairs = whole + (rest / LANES_16 >= 1 + 4 / registers**2)  # for VMLADAVA; else lanes may be cheaper
    products = outputs * (whole + min(1.0, rest / LANES_16))
    brought = sum(_up(_up(size, VECTOR), registers - 1) for size in (samples * inputs, units * inputs))
    if inputs < VECTOR and inputs % 4:
        loads = samples + _up(4 * max(0, outputs * pairs - samples * (registers - 1)), registers**2)
    else:
        loads = 1 + _up(4 * outputs * pairs, registers**2)
    requantized = min(
        _in_vectors(outputs - alone, samples, registers) + ALONE * alone for alone in range(min(outputs, LANES) + 1)
    )
    return CALL + saved + products + max(brought, loads) + _up(outputs, SUMS) + requantized


def _in_vectors(outputs: int, samples: int, registers: int) -> int:
    def lanes(pushed: int) -> int:
        moved = _up(outputs - pushed, 2) + (1 + _up(pushed, SUMS) if pushed else 0)
        return moved + _brought(_up(pushed, LANES), _up(outputs, LANES * samples), samples, registers)

    return min(map(lanes, range(outputs + 1))) + 3 * _up(outputs, LANES) + _up(outputs, STORED)


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
