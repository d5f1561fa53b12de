package dev.satchel.ops

/** Gives the place that output [at] is sampled from, with half-pixel centres. */
private fun sampled(at: Int, scale: Float): Float = (at + 0.5f) * scale - 0.5f

private fun scaleOf(source: Int, target: Int): Float = source.toFloat() / target.toFloat()

/** tf.nearest: the sample under each pixel's centre. Levels stay levels: as floats they are the same numbers. */
internal class TfNearest : Resizer() {
    private var across = IntArray(0)
    private var down = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = nearestOf(image.width, width, window.left, window.width)
        down = nearestOf(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window): Unit = gather(image, across, down, out)
}

internal fun nearestOf(source: Int, target: Int, begin: Int, count: Int): IntArray {
    val scale = scaleOf(source, target)
    return IntArray(count) { minOf(Math.floor(((begin + it + 0.5f) * scale).toDouble()).toInt(), source - 1) }
}

/** The two samples that each output lies between, and how far it is from the lower one. */
private class Lerps(val lower: IntArray, val upper: IntArray, val lerp: FloatArray)

private fun lerps(source: Int, target: Int, begin: Int, count: Int): Lerps {
    val scale = scaleOf(source, target)
    val found = Lerps(IntArray(count), IntArray(count), FloatArray(count))
    for (i in 0 until count) {
        val place = sampled(begin + i, scale)
        val floor = Math.floor(place.toDouble()).toFloat()
        found.lower[i] = maxOf(floor.toInt(), 0)
        found.upper[i] = minOf(Math.ceil(place.toDouble()).toInt(), source - 1)
        found.lerp[i] = place - floor
    }
    return found
}

/** tf.bilinear: along the row first, then down. */
internal class TfBilinear : Resizer() {
    private var across = Lerps(IntArray(0), IntArray(0), FloatArray(0))
    private var down = across
    private val lines = Lines()

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = lerps(image.width, width, window.left, window.width)
        down = lerps(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        val count = window.width * image.channels
        out.allocated(window.width, window.height, image.channels, floating = true)
        lines.reset(2, count)
        for (y in 0 until window.height) {
            val above = lines.at(down.lower[y]) { line -> mixed(image, down.lower[y], line) }
            val below = lines.at(down.upper[y]) { line -> mixed(image, down.upper[y], line) }
            val lerp = down.lerp[y]
            val begin = y * count
            val found = out.floats
            for (place in 0 until count) found[begin + place] = above[place] + (below[place] - above[place]) * lerp
        }
    }

    private fun mixed(image: Picture, y: Int, line: FloatArray) {
        when {
            image.floating -> mixedFloats(image, y, line)
            image.channels == 3 -> mixedBytes(image, y, line, 3)
            else -> mixedBytes(image, y, line, image.channels)
        }
    }

    private fun mixedFloats(image: Picture, y: Int, line: FloatArray) {
        val start = image.offset + y * image.row
        var place = 0
        for (x in across.lerp.indices) {
            val left = start + across.lower[x] * image.step
            val right = start + across.upper[x] * image.step
            for (c in 0 until image.channels) {
                val from = image.floats[left + c]
                line[place++] = from + (image.floats[right + c] - from) * across.lerp[x]
            }
        }
    }

    // In place of a call, 3 channels are a constant: compilers then write the inner loop out.
    @Suppress("NOTHING_TO_INLINE")
    private inline fun mixedBytes(image: Picture, y: Int, line: FloatArray, channels: Int) {
        val bytes = image.bytes
        val step = image.step
        val start = image.offset + y * image.row
        var place = 0
        for (x in across.lerp.indices) {
            val left = start + across.lower[x] * step
            val right = start + across.upper[x] * step
            val lerp = across.lerp[x]
            for (c in 0 until channels) {
                val from = bytes[left + c].toInt() and 255
                line[place + c] = from.toFloat() + ((bytes[right + c].toInt() and 255) - from).toFloat() * lerp
            }
            place += channels
        }
    }
}

/** The last rows that were made, each with the number of the row it was made of: most are needed again for the next. */
internal class Lines {
    private var lines = arrayOf<FloatArray>()
    private var rows = IntArray(0)
    private var next = 0

    /** Forgets all rows; there is room for [count] of [size] values. */
    fun reset(count: Int, size: Int) {
        if (lines.size != count || lines[0].size < size) {
            lines = Array(count) { FloatArray(size) }
            rows = IntArray(count)
        }
        java.util.Arrays.fill(rows, -1)
        next = 0
    }

    /** Gives row number [row], which [make] makes when it is not there. */
    inline fun at(row: Int, make: (FloatArray) -> Unit): FloatArray {
        val known = find(row)
        if (known != null) return known
        return claim(row).also(make)
    }

    fun find(row: Int): FloatArray? {
        for (place in rows.indices) if (rows[place] == row) return lines[place]
        return null
    }

    /** Gives memory for a row in place of the one that was made first. */
    fun claim(row: Int): FloatArray {
        val place = next
        next = (next + 1) % lines.size
        rows[place] = row
        return lines[place]
    }
}

private const val TABLE_SIZE = 1024

/** Keys' cubic with A = -0.5 in steps of 1/1024: two weights a step, of the sample beside and of the one behind that. */
private val CUBIC: FloatArray = FloatArray(2 * (TABLE_SIZE + 1)) { place ->
    val a = -0.5
    val x = (place / 2) * 1.0 / TABLE_SIZE
    if (place % 2 == 0) {
        (((a + 2) * x - (a + 3)) * x * x + 1).toFloat()
    } else {
        (x + 1.0).let { (((a * it - 5 * a) * it + 8 * a) * it - 4 * a).toFloat() }
    }
}

/** Four samples of each output, kept inside, and their weights. */
private class Fours(val samples: IntArray, val weights: FloatArray)

private fun cubicTaps(source: Int, target: Int, begin: Int, count: Int): Fours {
    val scale = scaleOf(source, target)
    val found = Fours(IntArray(4 * count), FloatArray(4 * count))
    for (i in 0 until count) {
        val place = sampled(begin + i, scale)
        val floor = Math.floor(place.toDouble()).toFloat()
        val step = Math.rint(((place - floor) * TABLE_SIZE).toDouble()).toInt()
        found.weights[4 * i] = CUBIC[2 * step + 1]
        found.weights[4 * i + 1] = CUBIC[2 * step]
        found.weights[4 * i + 2] = CUBIC[2 * (TABLE_SIZE - step)]
        found.weights[4 * i + 3] = CUBIC[2 * (TABLE_SIZE - step) + 1]
        var sum = 0f
        for (tap in 4 * i until 4 * i + 4) {
            val sample = floor.toInt() - 1 + tap - 4 * i
            found.samples[tap] = sample.coerceIn(0, source - 1)
            if (sample != found.samples[tap]) found.weights[tap] = 0f
            sum += found.weights[tap]
        }
        if (Math.abs(sum) >= SMALLEST_SUM) {
            val unit = 1f / sum
            for (tap in 4 * i until 4 * i + 4) found.weights[tap] *= unit
        }
    }
    return found
}

/** Below it, a sum of weights is as good as 0. */
internal const val SMALLEST_SUM: Float = 1000f * 1.17549435e-38f

/** tf.bicubic: down the four rows first, then across. */
internal class TfBicubic : Resizer() {
    private var across = Fours(IntArray(0), FloatArray(0))
    private var down = across
    private val lines = Lines()
    private var line = FloatArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = cubicTaps(image.width, width, window.left, window.width)
        down = cubicTaps(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        val count = image.width * image.channels
        line = grown(line, count)
        lines.reset(4, count)
        out.allocated(window.width, window.height, image.channels, floating = true)
        for (y in 0 until window.height) {
            shorten(image, y, count)
            narrow(image.channels, y * out.row)
        }
    }

    /** Makes one line of the four rows of an output. */
    private fun shorten(image: Picture, y: Int, count: Int) {
        val first = row(image, 4 * y)
        val second = row(image, 4 * y + 1)
        val third = row(image, 4 * y + 2)
        val fourth = row(image, 4 * y + 3)
        val a = down.weights[4 * y]
        val b = down.weights[4 * y + 1]
        val c = down.weights[4 * y + 2]
        val d = down.weights[4 * y + 3]
        val found = line
        for (i in 0 until count) found[i] = first[i] * a + second[i] * b + third[i] * c + fourth[i] * d
    }

    private fun row(image: Picture, tap: Int): FloatArray = lines.at(down.samples[tap]) { rowOf(image, down.samples[tap], it) }

    private fun narrow(channels: Int, begin: Int) {
        val samples = across.samples
        val weights = across.weights
        val row = line
        val found = out.floats
        var place = begin
        for (tap in samples.indices step 4) {
            val first = samples[tap] * channels
            val second = samples[tap + 1] * channels
            val third = samples[tap + 2] * channels
            val fourth = samples[tap + 3] * channels
            for (c in 0 until channels) {
                found[place++] = row[first + c] * weights[tap] + row[second + c] * weights[tap + 1] +
                    row[third + c] * weights[tap + 2] + row[fourth + c] * weights[tap + 3]
            }
        }
    }
}
