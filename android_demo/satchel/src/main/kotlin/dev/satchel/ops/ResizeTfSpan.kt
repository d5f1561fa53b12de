package dev.satchel.ops

/** tf.bilinear_antialias: a triangle as wide as the reduction; down the rows first, then across. */
internal class TfAntialias : Resizer() {
    private var across = Spans(IntArray(0), IntArray(0), FloatArray(0), 0)
    private var down = across
    private val lines = Lines()
    private var line = FloatArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = triangleSpans(image.width, width, window.left, window.width)
        down = triangleSpans(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        val count = image.width * image.channels
        line = grown(line, count)
        lines.reset(down.size, count)
        out.allocated(window.width, window.height, image.channels, floating = true)
        for (y in 0 until window.height) {
            java.util.Arrays.fill(line, 0, count, 0f)
            for (tap in 0 until down.counts[y]) {
                val row = lines.at(down.starts[y] + tap) { rowOf(image, down.starts[y] + tap, it) }
                addWeighed(row, down.weights[y * down.size + tap], line, 0, count)
            }
            across.sum(line, image.channels, out.floats, y * out.row)
        }
    }
}

internal fun triangleSpans(source: Int, target: Int, begin: Int, count: Int): Spans {
    val scale = 1f / (target.toFloat() / source.toFloat())
    val wide = maxOf(scale, 1f)
    val shrink = 1f / wide
    val size = minOf(2 * Math.ceil(wide.toDouble()).toInt() + 1, source)
    val found = Spans(IntArray(count), IntArray(count), FloatArray(count * size), size)
    for (i in 0 until count) {
        val centre = (begin + i + 0.5f) * scale
        val first = maxOf(Math.ceil((centre - wide - 0.5f).toDouble()).toInt(), 0)
        val last = minOf(Math.floor((centre + wide - 0.5f).toDouble()).toInt(), source - 1)
        found.starts[i] = first
        found.counts[i] = last - first + 1
        var sum = 0f
        for (tap in 0..last - first) {
            val weight = maxOf(1f - Math.abs((first + tap + 0.5f - centre) * shrink), 0f)
            found.weights[i * size + tap] = weight
            sum += weight
        }
        if (Math.abs(sum) < SMALLEST_SUM) continue
        val unit = 1f / sum
        for (tap in 0..last - first) found.weights[i * size + tap] *= unit
    }
    return found
}

/** tf.area: each output is the mean of what it covers; along the row first, then down. */
internal class TfArea : Resizer() {
    private var across = Spans(IntArray(0), IntArray(0), FloatArray(0), 0)
    private var down = across
    private var unit = 0f
    private val lines = Lines()
    private var row = FloatArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        val wide = image.width.toFloat() / width.toFloat()
        val high = image.height.toFloat() / height.toFloat()
        across = cells(wide, window.left, window.width)
        down = cells(high, window.top, window.height)
        unit = 1f / (high * wide)
    }

    override fun resize(image: Picture, window: Window) {
        val count = window.width * image.channels
        row = grown(row, Math.max(across.end, image.width) * image.channels)
        lines.reset(down.size, count)
        out.allocated(window.width, window.height, image.channels, floating = true)
        val found = out.floats
        for (y in 0 until window.height) {
            val begin = y * count
            java.util.Arrays.fill(found, begin, begin + count, 0f)
            for (tap in 0 until down.counts[y]) {
                val sample = minOf(down.starts[y] + tap, image.height - 1)
                val line = lines.at(sample) { summed(image, sample, it) }
                addWeighed(line, down.weights[y * down.size + tap], found, begin, count)
            }
            for (place in begin until begin + count) found[place] *= unit
        }
    }

    private fun summed(image: Picture, y: Int, line: FloatArray) {
        rowOf(image, y, row)
        val channels = image.channels
        for (place in image.width * channels until across.end * channels) row[place] = row[place - channels]
        across.sum(row, channels, line, 0)
    }
}

/** Gives the cells that each output covers; rounded up, the last output ends behind the picture, which repeats its last cell. */
private fun cells(scale: Float, begin: Int, count: Int): Spans {
    val size = Math.ceil(scale.toDouble()).toInt() + 2
    val found = Spans(IntArray(count), IntArray(count), FloatArray(count * size), size)
    for (i in 0 until count) {
        val from = (begin + i) * scale
        val to = (begin + i + 1) * scale
        val first = Math.floor(from.toDouble()).toInt()
        val end = Math.ceil(to.toDouble()).toInt()
        found.starts[i] = first
        found.counts[i] = end - first
        for (tap in 0 until found.counts[i]) found.weights[i * size + tap] = coverage(first + tap, from, to, scale)
    }
    return found
}

/** Gives the part of a cell that lies between two places. */
private fun coverage(cell: Int, from: Float, to: Float, scale: Float): Float = when {
    cell < from -> if (cell + 1 > to) scale else cell + 1 - from
    cell + 1 > to -> to - cell
    else -> 1f
}
