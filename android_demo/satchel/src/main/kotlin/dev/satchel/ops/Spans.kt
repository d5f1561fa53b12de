package dev.satchel.ops

/**
 * The samples of each output of one axis, one after another, and what they weigh: [size] places for each output.
 *
 * @property starts the first sample of each output.
 * @property counts how many samples each reads.
 */
internal class Spans(val starts: IntArray, val counts: IntArray, val weights: FloatArray, val size: Int) {
    /** The sample behind the last that is read. */
    val end: Int get() = if (starts.isEmpty()) 0 else starts.last() + counts.last()

    /** Fills [out] from [begin] on with the weighed sums of a row, each from its first sample on in binary32. */
    fun sum(row: FloatArray, channels: Int, out: FloatArray, begin: Int): Unit =
        if (channels == 3) sumRgb(row, out, begin) else sumAny(row, channels, out, begin)

    private fun sumRgb(row: FloatArray, out: FloatArray, begin: Int) {
        val known = weights
        var place = begin
        for (x in starts.indices) {
            var red = 0f
            var green = 0f
            var blue = 0f
            var at = starts[x] * 3
            for (tap in x * size until x * size + counts[x]) {
                val weight = known[tap]
                red += row[at] * weight
                green += row[at + 1] * weight
                blue += row[at + 2] * weight
                at += 3
            }
            out[place] = red
            out[place + 1] = green
            out[place + 2] = blue
            place += 3
        }
    }

    private fun sumAny(row: FloatArray, channels: Int, out: FloatArray, begin: Int) {
        var place = begin
        for (x in starts.indices) {
            for (c in 0 until channels) {
                var at = starts[x] * channels + c
                var sum = 0f
                for (tap in x * size until x * size + counts[x]) {
                    sum += row[at] * weights[tap]
                    at += channels
                }
                out[place++] = sum
            }
        }
    }
}

/** Adds [count] values of a row, times a weight, to those of [total] from [begin] on. */
internal fun addWeighed(row: FloatArray, weight: Float, total: FloatArray, begin: Int, count: Int) {
    for (place in 0 until count) total[begin + place] += row[place] * weight
}
