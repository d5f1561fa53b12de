package dev.satchel.ops

import dev.satchel.Frame
import dev.satchel.SatchelException
import dev.satchel.refuseTooLarge
import dev.satchel.steps.FrameFormat
import dev.satchel.steps.FrameRange
import dev.satchel.steps.YuvToRgb

/** Columns that are turned at once: a power of 2, and their rows in the result fit into the first cache. */
private const val STRIPE = 64

/**
 * Makes RGB of a camera's frames, turned upright, with integer arithmetic and the nearest sample of colour.
 *
 * @param step what the spec says of the frames; null: each says itself its range and rotation.
 */
internal class YuvToPicture(private val step: YuvToRgb?) {
    private val out = Picture()

    /** Whether width and height of a frame change places. */
    fun turned(frame: Frame): Boolean = rotationOf(frame) % 180 != 0

    /**
     * Gives the picture of a frame; it lasts until the next.
     *
     * @throws SatchelException input/empty, input/wrong-frame or input/too-large.
     */
    fun run(frame: Frame): Picture {
        checkFrame(frame, step)
        val rotation = rotationOf(frame)
        val turned = rotation % 180 != 0
        out.allocated(if (turned) frame.height else frame.width, if (turned) frame.width else frame.height, 3, floating = false)
        // Upright rows become columns of the result: in narrow stripes, so that what is written next is still near.
        val stripe = if (turned) STRIPE else frame.width
        var left = 0
        while (left < frame.width) {
            val right = Math.min(left + stripe, frame.width)
            for (y in 0 until frame.height) convert(frame, y, left, right, rotation)
            left = right
        }
        return out
    }

    private fun convert(frame: Frame, y: Int, left: Int, right: Int, rotation: Int) = when (rotation) {
        0 -> row(frame, y, left, right, y * out.row + left * 3, 3)
        90 -> row(frame, y, left, right, left * out.row + (frame.height - 1 - y) * 3, out.row)
        180 -> row(frame, y, left, right, (frame.height - y) * out.row - 3 - left * 3, -3)
        else -> row(frame, y, left, right, (frame.width - 1 - left) * out.row + y * 3, -out.row)
    }

    // Not with ?: and ?., which would make an object of a number.
    private fun rotationOf(frame: Frame): Int = if (step != null) step.rotation else frame.rotation!!

    private fun row(frame: Frame, y: Int, left: Int, right: Int, begin: Int, next: Int) {
        val full = (step?.range ?: frame.range) == FrameRange.FULL
        if (full) full(frame, y, left, right, begin, next) else limited(frame, y, left, right, begin, next)
    }

    /** Converts pixels [left] (even) to before [right] of a row; each pixel's place is [next] behind the one before. */
    private fun full(frame: Frame, row: Int, left: Int, right: Int, begin: Int, next: Int) {
        val ys = frame.y.data
        val us = frame.u.data
        val vs = frame.v.data
        val rgb = out.bytes
        var yAt = frame.y.start + row * frame.yRowStride + left * frame.yPixelStride
        var uAt = frame.u.start + row / 2 * frame.uRowStride + left / 2 * frame.uvPixelStride
        var vAt = frame.v.start + row / 2 * frame.vRowStride + left / 2 * frame.uvPixelStride
        var place = begin
        var x = left
        while (x < right) {
            val cb = (us[uAt].toInt() and 255) - 128
            val cr = (vs[vAt].toInt() and 255) - 128
            val red = (91881 * cr + 32768) shr 16
            val green = (-22554 * cb - 46802 * cr + 32768) shr 16
            val blue = (116130 * cb + 32768) shr 16
            val end = Math.min(x + 2, right)
            while (x < end) {
                val y = ys[yAt].toInt() and 255
                rgb[place] = clamped(y + red)
                rgb[place + 1] = clamped(y + green)
                rgb[place + 2] = clamped(y + blue)
                yAt += frame.yPixelStride
                place += next
                x++
            }
            uAt += frame.uvPixelStride
            vAt += frame.uvPixelStride
        }
    }

    private fun limited(frame: Frame, row: Int, left: Int, right: Int, begin: Int, next: Int) {
        val ys = frame.y.data
        val us = frame.u.data
        val vs = frame.v.data
        val rgb = out.bytes
        var yAt = frame.y.start + row * frame.yRowStride + left * frame.yPixelStride
        var uAt = frame.u.start + row / 2 * frame.uRowStride + left / 2 * frame.uvPixelStride
        var vAt = frame.v.start + row / 2 * frame.vRowStride + left / 2 * frame.uvPixelStride
        var place = begin
        var x = left
        while (x < right) {
            val cb = (us[uAt].toInt() and 255) - 128
            val cr = (vs[vAt].toInt() and 255) - 128
            val red = 1673527 * cr
            val green = -852492 * cr - 409993 * cb
            val blue = 2116026 * cb
            val end = Math.min(x + 2, right)
            while (x < end) {
                val light = 1220542 * Math.max((ys[yAt].toInt() and 255) - 16, 0) + 524288
                rgb[place] = clamped((light + red) shr 20)
                rgb[place + 1] = clamped((light + green) shr 20)
                rgb[place + 2] = clamped((light + blue) shr 20)
                yAt += frame.yPixelStride
                place += next
                x++
            }
            uAt += frame.uvPixelStride
            vAt += frame.uvPixelStride
        }
    }
}

private fun clamped(value: Int): Byte = Math.min(Math.max(value, 0), 255).toByte()

private fun checkFrame(frame: Frame, step: YuvToRgb?) {
    checkSaid(frame, step)
    val width = frame.width
    val height = frame.height
    if (width < 1 || height < 1) throw SatchelException("input/empty", "the frame is $width x $height pixels")
    refuseTooLarge(width.toLong(), height.toLong())
    if (step?.format == FrameFormat.NV21 && frame.uvPixelStride != 2) {
        throw wrongFrame("the spec says NV21: colours 2 bytes apart; they are ${frame.uvPixelStride} apart", "Give Frame.nv21(...).")
    }
    val half = (width + 1) / 2
    val low = (height + 1) / 2
    checkPlane("y", frame.y, width, height, frame.yRowStride, frame.yPixelStride)
    checkPlane("u", frame.u, half, low, frame.uRowStride, frame.uvPixelStride)
    checkPlane("v", frame.v, half, low, frame.vRowStride, frame.uvPixelStride)
}

/** Holds what a frame says of itself against the spec; without one it says its range and rotation. */
private fun checkSaid(frame: Frame, step: YuvToRgb?) {
    if (frame.rotation != null && (frame.rotation % 90 != 0 || frame.rotation !in 0..270)) {
        throw wrongFrame("expected a rotation of 0, 90, 180 or 270, found ${frame.rotation}", "Turn by quarters.")
    }
    if (step == null) {
        if (frame.range != null && frame.rotation != null) return
        throw wrongFrame("the spec is for photos: a frame says its range and rotation itself", "Give both to the frame.")
    }
    val sameRotation = frame.rotation == null || frame.rotation == step.rotation
    if (sameRotation && (frame.range ?: step.range) == step.range) return
    val found = "${frame.range?.word ?: "no range"}, ${frame.rotation ?: "no rotation"}"
    throw wrongFrame("the spec says ${step.range.word}, ${step.rotation}; the frame says $found", "Leave them out.")
}

private fun checkPlane(name: String, plane: Frame.Plane, samples: Int, rows: Int, rowStride: Int, pixelStride: Int) {
    val least = (samples - 1L) * pixelStride + 1
    if (pixelStride < 1 || rowStride < least) {
        val message = "plane $name has $rowStride bytes a row and $pixelStride a sample; a row takes $least"
        throw wrongFrame(message, "Give the strides of the camera's image.")
    }
    val size = (rows - 1L) * rowStride + least
    if (plane.size < size || plane.start < 0 || plane.start + plane.size > plane.data.size) {
        throw wrongFrame("plane $name needs $size bytes, it has ${plane.size}", "Give the whole plane.")
    }
}

private fun wrongFrame(message: String, hint: String) = SatchelException("input/wrong-frame", message, hint = hint)
