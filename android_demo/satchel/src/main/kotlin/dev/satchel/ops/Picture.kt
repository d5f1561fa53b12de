package dev.satchel.ops

/**
 * Pixels, or a view of some of them: bytes (uint8), or binary32 floats.
 *
 * Value c of pixel (x, y) is number offset + y * row + x * step + c. A stage fills the same picture again for every
 * photo, so that nothing is allocated.
 *
 * @property floating whether the values are in [floats]; else they are in [bytes].
 * @property offset of the first value.
 * @property row from one row to the next; negative when it is flipped.
 * @property step from one pixel to the next.
 */
internal class Picture {
    var bytes: ByteArray = ByteArray(0)
    var floats: FloatArray = FloatArray(0)
    var floating: Boolean = false
    var offset: Int = 0
    var row: Int = 0
    var step: Int = 0
    var width: Int = 0
    var height: Int = 0
    var channels: Int = 0

    /** Makes this a view of the same values as another. */
    fun view(of: Picture): Picture {
        bytes = of.bytes
        floats = of.floats
        floating = of.floating
        offset = of.offset
        row = of.row
        step = of.step
        return sized(of.width, of.height, of.channels)
    }

    /** Makes this a whole picture of given bytes, row by row. */
    fun whole(data: ByteArray, width: Int, height: Int, channels: Int): Picture {
        bytes = data
        floating = false
        return dense(width, height, channels)
    }

    /** Makes this a picture with memory of its own; what the memory holds is not known. */
    fun allocated(width: Int, height: Int, channels: Int, floating: Boolean): Picture {
        val size = Math.multiplyExact(Math.multiplyExact(width, height), channels)
        if (floating && floats.size < size) floats = FloatArray(size)
        if (!floating && bytes.size < size) bytes = ByteArray(size)
        this.floating = floating
        return dense(width, height, channels)
    }

    private fun dense(width: Int, height: Int, channels: Int): Picture {
        offset = 0
        row = width * channels
        step = channels
        return sized(width, height, channels)
    }

    private fun sized(width: Int, height: Int, channels: Int): Picture {
        this.width = width
        this.height = height
        this.channels = channels
        return this
    }
}

/** A part of a picture, in pixels. */
internal data class Window(val left: Int, val top: Int, val width: Int, val height: Int)

/** Gives memory of at least so many values: what there is, where it is enough. */
internal fun grown(memory: ByteArray, size: Int): ByteArray = if (memory.size >= size) memory else ByteArray(size)

/** Gives memory of at least so many values: what there is, where it is enough. */
internal fun grown(memory: FloatArray, size: Int): FloatArray = if (memory.size >= size) memory else FloatArray(size)

/** Gives memory of at least so many values: what there is, where it is enough. */
internal fun grown(memory: IntArray, size: Int): IntArray = if (memory.size >= size) memory else IntArray(size)

/** Gives a picture's values of one row as floats, from [line]'s begin on. */
internal fun rowOf(image: Picture, y: Int, line: FloatArray) {
    val start = image.offset + y * image.row
    val count = image.width * image.channels
    when {
        image.step != image.channels -> apart(image, start, line)
        image.floating -> System.arraycopy(image.floats, start, line, 0, count)
        else -> {
            val bytes = image.bytes
            for (place in 0 until count) line[place] = (bytes[start + place].toInt() and 255).toFloat()
        }
    }
}

/** The row of a picture whose pixels do not lie one behind the other. */
private fun apart(image: Picture, start: Int, line: FloatArray) {
    var at = start
    var place = 0
    for (x in 0 until image.width) {
        for (c in 0 until image.channels) {
            line[place++] = if (image.floating) image.floats[at + c] else (image.bytes[at + c].toInt() and 255).toFloat()
        }
        at += image.step
    }
}

/** Makes [out] the picture of the samples in columns [across] and rows [down]; behind the last one these may be -1: 0. */
internal fun gather(image: Picture, across: IntArray, down: IntArray, out: Picture) {
    out.allocated(across.size, down.size, image.channels, image.floating)
    val whole = !image.floating && across.last() >= 0
    for (place in down.indices) {
        val begin = place * out.row
        val y = down[place]
        when {
            !whole || y < 0 -> gatherAny(image, across, y, out, begin)
            image.channels == 3 -> gatherBytes(image, across, y, out, begin, 3)
            else -> gatherBytes(image, across, y, out, begin, image.channels)
        }
    }
}

// In place of a call, 3 channels are a constant: compilers then write the inner loop out.
@Suppress("NOTHING_TO_INLINE")
private inline fun gatherBytes(image: Picture, across: IntArray, y: Int, out: Picture, begin: Int, channels: Int) {
    val bytes = image.bytes
    val found = out.bytes
    val step = image.step
    val start = image.offset + y * image.row
    var place = begin
    for (x in across) {
        val at = start + x * step
        for (c in 0 until channels) found[place + c] = bytes[at + c]
        place += channels
    }
}

private fun gatherAny(image: Picture, across: IntArray, y: Int, out: Picture, begin: Int) {
    var place = begin
    for (x in across) {
        val at = image.offset + y * image.row + x * image.step
        val there = x >= 0 && y >= 0
        for (c in 0 until image.channels) {
            if (image.floating) {
                out.floats[place++] = if (there) image.floats[at + c] else 0f
            } else {
                out.bytes[place++] = if (there) image.bytes[at + c] else 0
            }
        }
    }
}
