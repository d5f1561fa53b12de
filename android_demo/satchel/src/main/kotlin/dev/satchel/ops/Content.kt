package dev.satchel.ops

import dev.satchel.SatchelException
import kotlin.math.floor

private const val HINT = "Draw something first, or look at which values the ink has."

/**
 * Gives the smallest window with every pixel of which a channel is above a threshold.
 *
 * @throws SatchelException input/empty-drawing, when there is no such pixel.
 */
internal fun contentWindow(image: Picture, threshold: Float): Window {
    var left = image.width
    var top = image.height
    var right = -1
    var bottom = -1
    for (y in 0 until image.height) {
        for (x in 0 until image.width) {
            if (!above(image, image.offset + y * image.row + x * image.step, threshold)) continue
            left = minOf(left, x)
            right = maxOf(right, x)
            top = minOf(top, y)
            bottom = y
        }
    }
    if (bottom < 0) throw SatchelException("input/empty-drawing", "no value is above the threshold $threshold", hint = HINT)
    return Window(left, top, right - left + 1, bottom - top + 1)
}

private fun above(image: Picture, at: Int, threshold: Float): Boolean {
    for (c in 0 until image.channels) if (valueAt(image, at + c) > threshold) return true
    return false
}

private fun valueAt(image: Picture, at: Int): Float = if (image.floating) image.floats[at] else (image.bytes[at].toInt() and 255).toFloat()

/**
 * Makes [out] width x height pixels of 0 in which the pixel that holds the centre of mass is the middle one, that at
 * (width div 2, height div 2); what then lies outside is cut off. A value's mass is itself, 0 where it is below 0.
 *
 * @throws SatchelException input/empty-drawing, when no value is above 0.
 */
internal fun placedByMass(image: Picture, width: Int, height: Int, out: Picture): Picture {
    val (across, down) = middlePixel(image)
    val (left, top) = width / 2 - across to height / 2 - down
    out.allocated(width, height, image.channels, image.floating)
    if (image.floating) out.floats.fill(0f) else out.bytes.fill(0)
    for (y in maxOf(top, 0) until minOf(top + image.height, height)) {
        for (x in maxOf(left, 0) until minOf(left + image.width, width)) {
            val from = image.offset + (y - top) * image.row + (x - left) * image.step
            val to = y * out.row + x * out.step
            for (c in 0 until image.channels) {
                if (image.floating) out.floats[to + c] = image.floats[from + c] else out.bytes[to + c] = image.bytes[from + c]
            }
        }
    }
    return out
}

/** Gives the column and row that hold the centre of mass: sums in binary64, one value after the other. */
private fun middlePixel(image: Picture): Pair<Int, Int> {
    var mass = 0.0
    var across = 0.0
    var down = 0.0
    for (y in 0 until image.height) {
        for (x in 0 until image.width) {
            val at = image.offset + y * image.row + x * image.step
            for (c in 0 until image.channels) {
                val value = maxOf(valueAt(image, at + c), 0f).toDouble()
                mass += value
                across += value * x
                down += value * y
            }
        }
    }
    if (mass == 0.0) throw SatchelException("input/empty-drawing", "no value is above 0", hint = HINT)
    return floor(across / mass + 0.5).toInt() to floor(down / mass + 0.5).toInt()
}
