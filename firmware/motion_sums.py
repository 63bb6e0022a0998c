"""The sums over one bin of samples, and where in time the energy of an event lies: integers in steady memory."""

from array import array

try:
    import micropython
except ImportError:  # CPython
    from firmware.vibrating_wire import desk as micropython

    ptr8 = ptr32 = micropython.whole

BIN = 8  # samples
SAMPLE_BYTES = 9  # three axes, 20 bits left-justified in three bytes
BIN_BYTES = BIN * SAMPLE_BYTES
CELLS = 256

# Words of `sums`, 8 per axis: sum, sum of |d|, largest |d|, samples at or above the level, samples at the
# converter's end, and d^2 in three parts; then the level.
FIELDS = 8
SUM, ABSOLUTE, PEAK, ABOVE, AT_END, HIGH, CROSS, LOW = range(FIELDS)
LEVEL = 3 * FIELDS


def square(words, axis: int) -> int:
    """Return the sum of d^2 of an axis: d is 2^10 high + low."""
    at = FIELDS * axis
    return (words[at + HIGH] << 20) + (words[at + CROSS] << 11) + words[at + LOW]


@micropython.viper
def sums(raw_, start: int, means_, words_):
    """Put the sums of the bin at byte `start` into words, about a mean per axis; d^2 as (high 2^10 + low)^2."""
    raw = ptr8(raw_)
    means = ptr32(means_)
    words = ptr32(words_)
    level = words[24]
    axis = 0
    while axis < 3:
        mean = ((means[axis] + 2097152) & 4194303) - 2097152
        at = start + 3 * axis
        total = 0
        absolute = 0
        peak = 0
        above = 0
        end = 0
        high = 0
        cross = 0
        low = 0
        j = 0
        while j < 8:
            n = raw[at] << 12 | raw[at + 1] << 4 | raw[at + 2] >> 4
            n = ((n + 524288) & 1048575) - 524288
            total += n
            if n > 524270 or n < -524270:
                end += 1
            d = n - mean
            if d < 0:
                d = 0 - d
            absolute += d
            if d > peak:
                peak = d
            if d >= level:
                above += 1
            h = d >> 10
            d = d & 1023
            high += h * h
            cross += h * d
            low += d * d
            at += 9
            j += 1
        k = axis << 3
        words[k] = total
        words[k + 1] = absolute
        words[k + 2] = peak
        words[k + 3] = above
        words[k + 4] = end
        words[k + 5] = high
        words[k + 6] = cross
        words[k + 7] = low
        axis += 1


class Energy:
    """Energy over time in at most CELLS cells, which become twice as wide when they are full."""

    def __init__(self) -> None:
        self._cells = array("Q", bytes(8 * CELLS))
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._bins_per_cell = 1
        self._bins = 0
        for cell in range(CELLS):
            self._cells[cell] = 0

    def add(self, energy: int) -> None:
        """Add the energy of the next bin."""
        if self._bins == CELLS * self._bins_per_cell:
            self._halve()
        self._cells[self._bins // self._bins_per_cell] += energy
        self._bins += 1

    def _halve(self) -> None:
        cells = self._cells
        for cell in range(CELLS // 2):
            cells[cell] = cells[2 * cell] + cells[2 * cell + 1]
        for cell in range(CELLS // 2, CELLS):
            cells[cell] = 0
        self._bins_per_cell *= 2

    def samples_between(self, low_percent: int, high_percent: int) -> int:
        """Return the samples between two shares of all energy."""
        total = sum(self._cells)
        return self._until(total * high_percent) - self._until(total * low_percent)

    def _until(self, hundredfold: int) -> int:
        """Return the samples until the sum reaches a hundredth of `hundredfold`; straight inside a cell."""
        reached, per_cell = 0, BIN * self._bins_per_cell
        for cell in range(CELLS):
            energy = 100 * self._cells[cell]
            if energy and reached + energy >= hundredfold:
                return per_cell * cell + per_cell * (hundredfold - reached) // energy
            reached += energy
        return BIN * self._bins
