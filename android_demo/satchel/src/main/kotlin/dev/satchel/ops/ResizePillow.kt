package dev.satchel.ops

import dev.satchel.steps.ResizeMethod

private const val HALF = 1 shl (PRECISION_BITS - 1)

/** From so many taps on, it pays to lay two rows side by side and weigh both with one product. */
private const val PAIRED = 9
private const val LANE = 32
private const val TWO_HALVES = HALF.toLong() or (HALF.toLong() shl LANE)

/**
 * Pillow's resampling of 8-bit samples: rows are narrowed, rounded to levels, then weighed and summed; weights are integers of
 * 22 bits behind the point. Of the narrowed rows the last ones are kept, as many as one row of the result takes.
 */
internal class PillowResizer(private val method: ResizeMethod) : Resizer() {
    private var across = Taps(IntArray(0), IntArray(0), IntArray(0), 0)
    private var down = across
    private var room = 0
    private var kept = IntArray(0) // not bytes: whole lanes of numbers are summed at once where they are as wide as their sum
    private var pairs = LongArray(0)
    private var sums = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = coefficients(image.width, width, method, window.left, window.width)
        down = coefficients(image.height, height, method, window.top, window.height)
        room = down.size + 1
    }

    override fun resize(image: Picture, window: Window) {
        val line = window.width * image.channels
        kept = grown(kept, room * line)
        sums = grown(sums, line)
        out.allocated(window.width, window.height, image.channels, floating = false)
        val paired = image.channels == 3 && across.size >= PAIRED
        var row = 0
        for (y in 0 until window.height) {
            row = Math.max(row, down.starts[y])
            while (row < down.starts[y] + down.counts[y]) row += if (paired) narrowTwo(image, row, line) else narrow(image, row, line)
            column(y, line)
        }
    }

    private fun narrow(image: Picture, row: Int, line: Int): Int {
        val start = image.offset + row * image.row
        val begin = row % room * line
        if (image.channels == 3) row3(image.bytes, start, image.step, begin) else row1(image.bytes, start, image.step, begin)
        return 1
    }

    /** Narrows a row and the next; behind the last row there is that row again. */
    private fun narrowTwo(image: Picture, row: Int, line: Int): Int {
        val above = image.offset + row * image.row
        val below = image.offset + Math.min(row + 1, image.height - 1) * image.row
        pair(image, above, below)
        rows3(row % room * line, (row + 1) % room * line)
        return 2
    }

    /** Lays two rows of three channels side by side: each number holds a sample of both. */
    private fun pair(image: Picture, above: Int, below: Int) {
        if (pairs.size < image.width * 3) pairs = LongArray(image.width * 3)
        val bytes = image.bytes
        val found = pairs
        var at = 0
        for (x in 0 until image.width) {
            for (c in 0 until 3) {
                val upper = bytes[above + at + c].toLong() and 255
                val lower = bytes[below + at + c].toLong() and 255
                found[x * 3 + c] = upper or (lower shl LANE)
            }
            at += image.step
        }
    }

    /** Two rows of three channels: both sums fit into 32 bits, and the lower one's sign is taken from the upper one again. */
    private fun rows3(above: Int, below: Int) {
        val weights = across.weights
        val samples = pairs
        val found = kept
        var place = 0
        for (output in across.starts.indices) {
            var red = TWO_HALVES
            var green = TWO_HALVES
            var blue = TWO_HALVES
            var at = across.starts[output] * 3
            val from = output * across.size
            for (tap in from until from + across.counts[output]) {
                val weight = weights[tap].toLong()
                red += samples[at] * weight
                green += samples[at + 1] * weight
                blue += samples[at + 2] * weight
                at += 3
            }
            found[above + place] = level(red.toInt())
            found[above + place + 1] = level(green.toInt())
            found[above + place + 2] = level(blue.toInt())
            found[below + place] = level(upperLane(red))
            found[below + place + 1] = level(upperLane(green))
            found[below + place + 2] = level(upperLane(blue))
            place += 3
        }
    }

    /** One row of three channels. */
    private fun row3(bytes: ByteArray, start: Int, step: Int, begin: Int) {
        val weights = across.weights
        val found = kept
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
            kept[begin + output] = level(sum)
        }
    }

    /** One row of the result: whole rows are weighed and summed, side by side. */
    private fun column(y: Int, line: Int) {
        val total = sums
        val rows = kept
        java.util.Arrays.fill(total, 0, line, HALF)
        for (tap in 0 until down.counts[y]) {
            val weight = down.weights[y * down.size + tap]
            val from = (down.starts[y] + tap) % room * line
            for (place in 0 until line) total[place] += rows[from + place] * weight
        }
        val begin = y * line
        val found = out.bytes
        for (place in 0 until line) found[begin + place] = level(total[place]).toByte()
    }
}

/** Gives the sum in the upper 32 bits, of which the lower sum has taken 1 where it is negative. */
private fun upperLane(sum: Long): Int = ((sum - sum.toInt()) shr LANE).toInt()

/** The level of each whole number that a sum has above its 22 bits behind the point: 0..255, 0 where it is negative. */
private val LEVELS = IntArray(1 shl (32 - PRECISION_BITS)) { if (it < 512) Math.min(it, 255) else 0 }

/** Gives the level that a sum of 22 bits behind the point is. */
private fun level(sum: Int): Int = LEVELS[sum ushr PRECISION_BITS]

/** pillow.nearest: the sample under each place; places grow by one addition an output. */
internal class PillowNearest : Resizer() {
    private var across = IntArray(0)
    private var down = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = positions(image.width, width, window.left, window.width)
        down = positions(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window): Unit = gather(image, across, down, out)
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
