package dev.satchel.ops

/** Covered parts below this are left out. */
private const val SLIVER = 1e-3
private val EPSILON = Math.ulp(1.0)

private fun scaleOf(source: Int, target: Int): Double = 1.0 / (target.toDouble() / source)

/** opencv.nearest: the sample at or before each place, without half a pixel. */
internal class OpencvNearest : Resizer() {
    private var across = IntArray(0)
    private var down = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = firsts(image.width, width, window.left, window.width)
        down = firsts(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window): Unit = gather(image, across, down, out)
}

private fun firsts(source: Int, target: Int, begin: Int, count: Int): IntArray {
    val scale = scaleOf(source, target)
    return IntArray(count) { minOf(Math.floor((begin + it) * scale).toInt(), source - 1) }
}

/** Two samples of each output, and what they weigh. */
private class Pairs(count: Int) {
    val first = IntArray(count)
    val second = IntArray(count)
    val weight = IntArray(count)
    val other = IntArray(count)
}

/** opencv.linear (INTER_LINEAR_EXACT): weights of 8 bits, both axes in integers, nothing rounded between them. */
internal class OpencvLinear : Resizer() {
    private var across = Pairs(0)
    private var down = across

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = linearPairs(image.width, width, window.left, window.width)
        down = linearPairs(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        out.allocated(window.width, window.height, image.channels, floating = false)
        for (y in 0 until window.height) if (image.channels == 3) mix(image, y, 3) else mix(image, y, image.channels)
    }

    // In place of a call, 3 channels are a constant: compilers then write the inner loop out.
    @Suppress("NOTHING_TO_INLINE")
    private inline fun mix(image: Picture, y: Int, channels: Int) {
        val bytes = image.bytes
        val found = out.bytes
        val step = image.step
        val above = image.offset + down.first[y] * image.row
        val below = image.offset + down.second[y] * image.row
        val upper = down.weight[y]
        val lower = down.other[y]
        var place = y * out.row
        for (x in across.first.indices) {
            val left = across.first[x] * step
            val right = across.second[x] * step
            val near = across.weight[x]
            val far = across.other[x]
            for (c in 0 until channels) {
                val top = (bytes[above + left + c].toInt() and 255) * near + (bytes[above + right + c].toInt() and 255) * far
                val bottom = (bytes[below + left + c].toInt() and 255) * near + (bytes[below + right + c].toInt() and 255) * far
                found[place + c] = ((top * upper + bottom * lower + 32768) shr 16).toByte()
            }
            place += channels
        }
    }
}

private fun linearPairs(source: Int, target: Int, begin: Int, count: Int): Pairs {
    val scale = scaleOf(source, target)
    val found = Pairs(count)
    for (i in 0 until count) {
        val place = if (source == target) (begin + i).toDouble() else scale * (begin + i + 0.5) - 0.5
        val sample = Math.floor(place).toInt()
        val between = sample >= 0 && sample < source - 1
        found.first[i] = sample.coerceIn(0, source - 1)
        found.second[i] = minOf(found.first[i] + 1, source - 1)
        found.other[i] = if (between) Math.rint((place - sample) * 256).toInt() else 0
        found.weight[i] = 256 - found.other[i]
    }
    return found
}

/** opencv.area (INTER_AREA): whole blocks, other reductions, or the bilinear form where a side grows. */
internal class OpencvArea : Resizer() {
    private var kind: OpencvKernel = OpencvCopy(Window(0, 0, 0, 0))

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        val wide = scaleOf(image.width, width)
        val high = scaleOf(image.height, height)
        kind = when {
            image.width == width && image.height == height -> OpencvCopy(window)
            wide < 1 || high < 1 -> OpencvGrown(image.width to width, image.height to height, window)
            isWhole(wide) && isWhole(high) -> OpencvBlocks(Math.rint(wide).toInt(), Math.rint(high).toInt())
            else -> OpencvShrunk(image.width to wide, image.height to high, window)
        }
    }

    override fun resize(image: Picture, window: Window) {
        out.allocated(window.width, window.height, image.channels, floating = false)
        kind.fill(image, window, out)
    }
}

private fun isWhole(scale: Double): Boolean = Math.abs(scale - Math.rint(scale)) < EPSILON

/** One of the ways of opencv.area. */
private interface OpencvKernel {
    fun fill(image: Picture, window: Window, out: Picture)
}

/** A picture that keeps its size. */
private class OpencvCopy(window: Window) : OpencvKernel {
    private val across = IntArray(window.width) { window.left + it }
    private val down = IntArray(window.height) { window.top + it }

    override fun fill(image: Picture, window: Window, out: Picture): Unit = gather(image, across, down, out)
}

/** The mean of whole blocks. */
private class OpencvBlocks(private val across: Int, private val down: Int) : OpencvKernel {
    private val unit = 1f / (across * down)

    override fun fill(image: Picture, window: Window, out: Picture) {
        var place = 0
        for (y in window.top until window.top + window.height) {
            for (x in window.left until window.left + window.width) {
                val at = image.offset + y * down * image.row + x * across * image.step
                for (c in 0 until image.channels) out.bytes[place++] = mean(summed(image, at + c))
            }
        }
    }

    private fun summed(image: Picture, start: Int): Int {
        var sum = 0
        for (row in 0 until down) {
            var at = start + row * image.row
            for (column in 0 until across) {
                sum += image.bytes[at].toInt() and 255
                at += image.step
            }
        }
        return sum
    }

    private fun mean(sum: Int): Byte =
        if (across == 2 && down == 2) ((sum + 2) shr 2).toByte() else Math.rint((sum * unit).toDouble()).toInt().toByte()
}

/** The mean of what each output covers, in binary32; along the row first, then down. */
private class OpencvShrunk(wide: Pair<Int, Double>, high: Pair<Int, Double>, window: Window) : OpencvKernel {
    private val across = covered(wide.first, wide.second, window.left, window.width)
    private val down = covered(high.first, high.second, window.top, window.height)
    private val lines = Lines()
    private var row = FloatArray(0)
    private var sums = FloatArray(0)

    override fun fill(image: Picture, window: Window, out: Picture) {
        val count = window.width * image.channels
        row = grown(row, image.width * image.channels)
        sums = grown(sums, count)
        lines.reset(down.size, count)
        for (y in 0 until window.height) {
            java.util.Arrays.fill(sums, 0, count, 0f)
            for (tap in 0 until down.counts[y]) {
                val line = lines.at(down.starts[y] + tap) { summed(image, down.starts[y] + tap, it) }
                addWeighed(line, down.weights[y * down.size + tap], sums, 0, count)
            }
            val found = out.bytes
            for (place in 0 until count) found[y * count + place] = Math.rint(sums[place].toDouble()).toInt().coerceIn(0, 255).toByte()
        }
    }

    private fun summed(image: Picture, y: Int, line: FloatArray) {
        rowOf(image, y, row)
        across.sum(row, image.channels, line, 0)
    }
}

private fun covered(source: Int, scale: Double, begin: Int, count: Int): Spans {
    val size = Math.ceil(scale).toInt() + 2
    val found = Spans(IntArray(count), IntArray(count), FloatArray(count * size), size)
    for (i in 0 until count) {
        val from = (begin + i) * scale
        val end = from + scale
        val cell = minOf(scale, source - from)
        val last = minOf(Math.floor(end).toInt(), source - 1)
        val first = minOf(Math.ceil(from).toInt(), last)
        var taps = 0
        val before = first - from > SLIVER
        if (before) found.weights[i * size + taps++] = ((first - from) / cell).toFloat()
        for (sample in first until last) found.weights[i * size + taps++] = (1.0 / cell).toFloat()
        if (end - last > SLIVER) found.weights[i * size + taps++] = (minOf(minOf(end - last, 1.0), cell) / cell).toFloat()
        found.starts[i] = if (before) first - 1 else first
        found.counts[i] = taps
    }
    return found
}

/** The bilinear form with weights of 11 bits. */
private class OpencvGrown(wide: Pair<Int, Int>, high: Pair<Int, Int>, window: Window) : OpencvKernel {
    private val across = grownPairs(wide.first, wide.second, window.left, window.width)
    private val down = grownPairs(high.first, high.second, window.top, window.height)
    private val lines = IntLines()

    override fun fill(image: Picture, window: Window, out: Picture) {
        val count = window.width * image.channels
        lines.reset(count)
        for (y in 0 until window.height) {
            val above = lines.find(down.first[y]) ?: lines.claim(down.first[y]).also { narrowed(image, down.first[y], across, it) }
            val below = lines.find(down.second[y]) ?: lines.claim(down.second[y]).also { narrowed(image, down.second[y], across, it) }
            for (place in 0 until count) {
                val upper = (down.weight[y] * (above[place] shr 4)) shr 16
                val lower = (down.other[y] * (below[place] shr 4)) shr 16
                out.bytes[y * count + place] = ((upper + lower + 2) shr 2).toByte()
            }
        }
    }
}

private fun narrowed(image: Picture, y: Int, across: Pairs, line: IntArray) {
    val start = image.offset + y * image.row
    var place = 0
    for (x in across.first.indices) {
        val left = start + across.first[x] * image.step
        val right = start + across.second[x] * image.step
        for (c in 0 until image.channels) {
            line[place++] = (image.bytes[left + c].toInt() and 255) * across.weight[x] +
                (image.bytes[right + c].toInt() and 255) * across.other[x]
        }
    }
}

/** The last two rows that were made, each with the number of the row it was made of. */
private class IntLines {
    private var lines = arrayOf(IntArray(0), IntArray(0))
    private val rows = intArrayOf(-1, -1)
    private var next = 0

    fun reset(size: Int) {
        if (lines[0].size < size) lines = arrayOf(IntArray(size), IntArray(size))
        java.util.Arrays.fill(rows, -1)
    }

    fun find(row: Int): IntArray? = when (row) {
        rows[0] -> lines[0]
        rows[1] -> lines[1]
        else -> null
    }

    fun claim(row: Int): IntArray {
        next = 1 - next
        rows[next] = row
        return lines[next]
    }
}

private fun grownPairs(source: Int, target: Int, begin: Int, count: Int): Pairs {
    val scale = scaleOf(source, target)
    val inverse = target.toDouble() / source
    val found = Pairs(count)
    for (i in 0 until count) {
        val sample = Math.floor((begin + i) * scale).toInt()
        val raw = ((begin + i + 1) - (sample + 1) * inverse).toFloat()
        val part = if (raw <= 0f || sample >= source - 1) 0f else raw - Math.floor(raw.toDouble()).toFloat()
        found.first[i] = minOf(sample, source - 1)
        found.second[i] = minOf(found.first[i] + 1, source - 1)
        found.weight[i] = Math.rint(((1f - part) * 2048).toDouble()).toInt()
        found.other[i] = Math.rint((part * 2048).toDouble()).toInt()
    }
    return found
}
