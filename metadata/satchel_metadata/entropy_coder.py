"""The entropy coded form bit by bit, coded and decoded by the same steps: what entropy.c does, more slowly.

An adaptive binary range coder. Five contexts foretell each bit, each from what followed it before; their odds are
mixed with weights that learn (logistic mixing: Mahoney, "Adaptive Weighing of Context Models for Lossless Data
Compression", 2005, section 3). SPEC.md, section 6, tells every step.
"""

from __future__ import annotations

from array import array

SLOTS, SETS, LIMIT, LONGEST = 1 << 20, 512, 254, 32
EVEN, RATE, WEIGHT, MOST = 2048, 24, 20480, 1 << 20
KNOTS = (
    *(1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047),
    *(2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094),
)
"""4096 / (1 + exp(-x)) at x = -8, -7.5 ... 8."""
GAINS = tuple(65536 // (2 * seen + 3) for seen in range(LIMIT + 1))


class PastEndError(ValueError):
    """The code ends before what it stands for does, or states what cannot be."""


def squash(x: int) -> int:
    """Gives the share of 4096 for log odds x of -2047 to 2047, in 256ths."""
    knot, part = (x + 2048) >> 7, x & 127
    return (KNOTS[knot] * (128 - part) + KNOTS[knot + 1] * part + 64) >> 7


def _stretched() -> tuple[int, ...]:
    made: list[int] = []
    for x in range(-2047, 2048):
        made += [x] * (squash(x) + 1 - len(made))
    return tuple(made + [2047] * (4096 - len(made)))


STRETCHED = _stretched()
"""The log odds of each share of 4096: `squash` the other way round."""


def hashed(kind: int, a: int, b: int) -> int:
    """Gives the first slot of a context."""
    value = (a * 0x9E3779B1 ^ b * 0x85EBCA77 ^ kind * 0xC2B2AE3D) & 0xFFFFFFFF
    return ((value ^ value >> 15) * 0x27D4EB2F & 0xFFFFFFFF) >> 12


class Coder:
    """A code being read (`stored` given) or written; every method gives what was coded."""

    def __init__(self, stored: bytes | None = None) -> None:
        self.encoding, self.stored, self.at, self.made = stored is None, stored or b"", 0, bytearray()
        self.low, self.high, self.code = 0, 0xFFFFFFFF, 0
        self.odds, self.seen = array("H", [32768]) * SLOTS, bytearray(SLOTS)
        self.weights = [[WEIGHT] * 5 for _ in range(SETS)]
        self.past = [0, 0, 0, 0]
        self.bytes = 0
        for _ in range(0 if self.encoding else 4):
            self.code = self.code << 8 | self._next()

    def finish(self) -> bytes:
        """Gives the code that was written."""
        return bytes(self.made) + self.low.to_bytes(4, "big")

    def narrow(self, share: int, bit: int = 0) -> int:
        """Codes one bit that is 1 in `share` of 4096 cases."""
        span = self.high - self.low
        middle = self.low + (span >> 12) * share + ((span & 4095) * share >> 12)
        if not self.encoding:
            bit = int(self.code <= middle)
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while (self.low ^ self.high) >> 24 == 0:
            if self.encoding:
                self.made.append(self.high >> 24)
            else:
                self.code = (self.code << 8 | self._next()) & 0xFFFFFFFF
            self.low = self.low << 8 & 0xFFFFFFFF
            self.high = self.high << 8 & 0xFFFFFFFF | 255
        return bit

    def learned(self, base: tuple[int, ...], node: int, group: int, bit: int = 0) -> int:
        """Codes one bit as five contexts foretell it, and learns from it."""
        odds, seen, weights = self.odds, self.seen, self.weights[group]
        slots = [start + node & SLOTS - 1 for start in base]
        x0, x1, x2, x3, x4 = x = [STRETCHED[odds[slot] >> 4] for slot in slots]
        w0, w1, w2, w3, w4 = weights
        total = (x0 * w0 + x1 * w1 + x2 * w2 + x3 * w3 + x4 * w4) >> 16
        share = squash(min(max(total, -2047), 2047))
        bit = self.narrow(share, bit)
        miss, goal = ((bit << 12) - share) * RATE, 65535 * bit
        for i, slot in enumerate(slots):
            weights[i] = min(max(weights[i] + (x[i] * miss + 32768 >> 16), -MOST), MOST)
            count, known = seen[slot], odds[slot]
            odds[slot] = known + ((goal - known) * GAINS[count] >> 15)
            if count < LIMIT:
                seen[slot] = count + 1
        return bit

    def number(self, value: int = 0) -> int:
        """Codes a number below 2^32: its length in 6 bits, then what follows its first bit."""
        length = 0
        for i in range(5, -1, -1):
            length = length << 1 | self.narrow(EVEN, value.bit_length() >> i & 1)
        if length > LONGEST:
            raise PastEndError("a number of more than 32 bits")
        made = int(length > 0)
        for i in range(length - 2, -1, -1):
            made = made << 1 | self.narrow(EVEN, value >> i & 1)
        return made

    def byte(self, value: int = 0) -> int:
        """Codes one byte, foretold from the four before it and its place modulo 4."""
        first, second, third, fourth = self.past
        phase = self.bytes & 3
        two = first | second << 8
        three = two | third << 16
        base = (
            hashed(0, first, 0),
            hashed(1, two, 0),
            hashed(2, three, 0),
            hashed(3, three | fourth << 24, 0),
            hashed(4, fourth, phase),
        )
        node = 1
        for i in range(7, -1, -1):
            node = node << 1 | self.learned(base, node, phase, value >> i & 1)
        self.past = [node & 255, first, second, third]
        self.bytes += 1
        return node & 255

    def matrix(self, rows: int, columns: int, count: int, part: int, given: bytes | None = None) -> bytearray:
        """Codes a matrix of indexes below `count` row by row, each foretold from its neighbours, column and row."""
        index = bytearray(rows * columns)
        bits = max(count - 2, 0).bit_length()
        near_bases = [hashed(5, part, near) for near in range(16)]
        far_bases = [hashed(6, part, far) for far in range(256)]
        column_bases = [hashed(7, part, column) for column in range(columns)]
        order = hashed(9, part, 0)
        for row in range(rows if count > 1 else 0):
            row_base = hashed(8, part, row)
            for column in range(columns):
                at = row * columns + column
                far = _neighbours(index, at, row, column, columns)
                base = (near_bases[far & 15], far_bases[far], column_bases[column], row_base, order)
                index[at] = self._element(base, count, bits, 0 if given is None else given[at])
        return index

    def _element(self, base: tuple[int, ...], count: int, bits: int, value: int) -> int:
        if not self.learned(base, 0, 4, int(value > 0)):
            return 0
        node = 1
        for i in range(bits - 1, -1, -1):
            node = node << 1 | self.learned(base, node, 256 + node, value - 1 >> i & 1)
        found = node - (1 << bits) + 1
        if found >= count:
            raise PastEndError("an index beyond its book")
        return found

    def _next(self) -> int:
        if self.at == len(self.stored):
            raise PastEndError("the code is cut short")
        self.at += 1
        return self.stored[self.at - 1]


def _neighbours(index: bytearray, at: int, row: int, column: int, columns: int) -> int:
    """Gives which of eight neighbours are not 0, a bit each."""
    found = 0
    if column > 0:
        found |= index[at - 1] > 0
        if column > 1:
            found |= (index[at - 2] > 0) << 1
            if column > 2:
                found |= (index[at - 3] > 0) << 5
    if row > 0:
        above = at - columns
        found |= (index[above] > 0) << 2
        if column > 0:
            found |= (index[above - 1] > 0) << 6
        if column + 1 < columns:
            found |= (index[above + 1] > 0) << 7
        if row > 1:
            found |= (index[above - columns] > 0) << 3
            if row > 2:
                found |= (index[above - 2 * columns] > 0) << 4
    return found
