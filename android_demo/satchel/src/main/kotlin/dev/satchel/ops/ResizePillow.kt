package dev.satchel.ops

import dev.satchel.steps.ResizeMethod

private const val HALF = 1 shl (PRECISION_BITS - 1)

/**
 * Pillow's resampling of 8-bit samples: the horizontal pass over the rows that are needed, rounded to uint8, then the
 * vertical one; weights are integers of 22 bits behind the point.
 */
internal class PillowResizer(private val method: ResizeMethod) : Resizer() {
    private var across = Taps(IntArray(0), IntArray(0), IntArray(0), 0)
    private var down = across
    private var first = 0
    private var rows = 0
    private var between = ByteArray(0)
    private var sums = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = coefficients(image.width, width, method, window.left, window.width)
        down = coefficients(image.height, height, method, window.top, window.height)
        first = down.starts.min()
        rows = down.starts.indices.maxOf { down.starts[it] + down.counts[it] } - first
    }

    override fun resize(image: Picture, window: Window) {
        val line = window.width * image.channels
        between = grown(between, rows * line)
        sums = grown(sums, line)
        for (row in 0 until rows) {
            val start = image.offset + (first + row) * image.row
            if (image.channels == 3) row3(image.bytes, start, image.step, row * line) else row1(image.bytes, start, image.step, row * line)
        }
        out.allocated(window.width, window.height, image.channels, floating = false)
        for (y in 0 until window.height) column(y, line)
    }

    /** One row of three channels. */
    private fun row3(bytes: ByteArray, start: Int, step: Int, begin: Int) {
        val weights = across.weights
        val found = between
        var place = begin
        for (output in across.starts.indices) {
            var red = HALF
            var green = HALF
            var blue = HALF
            var at = start + across.starts[output] * step
            val from = output * across.size
            for (tap in from until from + across.counts[output]) {
                val weight = weights[tap]
                red += (bytes[at].toInt() and 255) * weight
                green += (bytes[at + 1].toInt() and 255) * weight
                blue += (bytes[at + 2].toInt() and 255) * weight
                at += step
            }
            found[place] = level(red)
            found[place + 1] = level(green)
            found[place + 2] = level(blue)
            place += 3
        }
    }

    /** One row of one channel. */
    private fun row1(bytes: ByteArray, start: Int, step: Int, begin: Int) {
        val weights = across.weights
        for (output in across.starts.indices) {
            var sum = HALF
            var at = start + across.starts[output] * step
            val from = output * across.size
            for (tap in from until from + across.counts[output]) {
                sum += (bytes[at].toInt() and 255) * weights[tap]
                at += step
            }
            between[begin + output] = level(sum)
        }
    }

    /** One row of the result: whole rows are weighed and summed, side by side. */
    private fun column(y: Int, line: Int) {
        val total = sums
        val rowsOf = between
        java.util.Arrays.fill(total, 0, line, HALF)
        for (tap in 0 until down.counts[y]) {
            val weight = down.weights[y * down.size + tap]
            val from = (down.starts[y] + tap - first) * line
            for (place in 0 until line) total[place] += (rowsOf[from + place].toInt() and 255) * weight
        }
        val begin = y * line
        val found = out.bytes
        for (place in 0 until line) found[begin + place] = level(total[place])
    }
}

/** Gives the level that a sum of 22 bits behind the point is. */
private fun level(sum: Int): Byte = Math.min(Math.max(sum shr PRECISION_BITS, 0), 255).toByte()

/** pillow.nearest: the sample under each place; places grow by one addition an output. */
internal class PillowNearest : Resizer() {
    private var across = IntArray(0)
    private var down = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = positions(image.width, width, window.left, window.width)
        down = positions(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        out.allocated(window.width, window.height, image.channels, floating = false)
        var place = 0
        for (y in down) {
            for (x in across) {
                val at = image.offset + y * image.row + x * image.step
                for (c in 0 until image.channels) out.bytes[place++] = if (x < 0 || y < 0) 0 else image.bytes[at + c]
            }
        }
    }
}

/** Gives the sample of each of [count] outputs from [begin] on; -1 where it has grown beyond the last. */
private fun positions(source: Int, target: Int, begin: Int, count: Int): IntArray {
    val scale = source.toDouble() / target
    val found = IntArray(count)
    var place = scale / 2
    for (i in 0 until begin + count) {
        if (i >= begin) found[i - begin] = place.toInt().let { if (it < source) it else -1 }
        place += scale
    }
    return found
}
