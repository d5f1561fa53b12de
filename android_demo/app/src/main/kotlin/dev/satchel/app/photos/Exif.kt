package dev.satchel.app.photos

private const val ORIENTATION = 0x0112

/**
 * Gives the orientation of an EXIF block, 1 to 8: TIFF, with or without the "Exif" before it. It is 1 where there is none
 * or the block is damaged: that does not make the pixels wrong.
 */
internal fun exifOrientation(block: Bytes): Int = try {
    oriented(if (block.says(0, "Exif")) block.part(6, block.size - 6) else block)
} catch (_: IndexOutOfBoundsException) {
    1
}

private fun oriented(tiff: Bytes): Int {
    val little = tiff.says(0, "II")
    if (!little && !tiff.says(0, "MM")) return 1
    val first = tiff.length(4, little)
    for (place in 0 until tiff.short(first, little)) {
        val entry = first + 2 + 12 * place
        if (tiff.short(entry, little) != ORIENTATION) continue
        return tiff.short(entry + 8, little).takeIf { it in 1..8 } ?: 1
    }
    return 1
}

/**
 * Where the pixels of a picture go that is turned upright: pixel (x, y) of the file becomes pixel number
 * start + x * across + y * down of a picture of [width] x [height].
 */
internal class Turn private constructor(val width: Int, val height: Int, val start: Int, val across: Int, val down: Int) {
    companion object {
        /** Gives the turn of an EXIF orientation for a file of w x h pixels. */
        fun of(orientation: Int, w: Int, h: Int): Turn = when (orientation) {
            2 -> Turn(w, h, w - 1, -1, w)
            3 -> Turn(w, h, w * h - 1, -1, -w)
            4 -> Turn(w, h, w * (h - 1), 1, -w)
            5 -> Turn(h, w, 0, h, 1)
            6 -> Turn(h, w, h - 1, h, -1)
            7 -> Turn(h, w, w * h - 1, -h, -1)
            8 -> Turn(h, w, h * (w - 1), -h, 1)
            else -> Turn(w, h, 0, 1, w)
        }
    }
}
