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

/** Gives the pictures' values of one row as floats, from [line]'s begin on. */
internal fun rowOf(image: Picture, y: Int, line: FloatArray) {
    var at = image.offset + y * image.row
    var place = 0
    for (x in 0 until image.width) {
        for (c in 0 until image.channels) {
            line[place++] = if (image.floating) image.floats[at + c] else (image.bytes[at + c].toInt() and 255).toFloat()
        }
        at += image.step
    }
}
