package dev.satchel.ops

import dev.satchel.Frame
import dev.satchel.SatchelException
import dev.satchel.refuseTooLarge
import dev.satchel.steps.FrameFormat
import dev.satchel.steps.FrameRange
import dev.satchel.steps.YuvToRgb

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
        for (y in 0 until frame.height) {
            when (rotation) {
                0 -> row(frame, y, y * out.row, 3)
                90 -> row(frame, y, (frame.height - 1 - y) * 3, out.row)
                180 -> row(frame, y, (frame.height - y) * out.row - 3, -3)
                else -> row(frame, y, (frame.width - 1) * out.row + y * 3, -out.row)
            }
        }
        return out
    }

    // Not with ?: and ?., which would make an object of a number.
    private fun rotationOf(frame: Frame): Int = if (step != null) step.rotation else frame.rotation!!

    private fun row(frame: Frame, y: Int, begin: Int, next: Int) =
        if ((step?.range ?: frame.range) == FrameRange.FULL) full(frame, y, begin, next) else limited(frame, y, begin, next)

    private fun full(frame: Frame, row: Int, begin: Int, next: Int) {
        val ys = frame.y.data
        val us = frame.u.data
        val vs = frame.v.data
        val rgb = out.bytes
        var yAt = frame.y.start + row * frame.yRowStride
        val uRow = frame.u.start + row / 2 * frame.uRowStride
        val vRow = frame.v.start + row / 2 * frame.vRowStride
        var place = begin
        for (x in 0 until frame.width) {
            val colour = x / 2 * frame.uvPixelStride
            val y = ys[yAt].toInt() and 255
            val cb = (us[uRow + colour].toInt() and 255) - 128
            val cr = (vs[vRow + colour].toInt() and 255) - 128
            rgb[place] = clamped(y + ((91881 * cr + 32768) shr 16))
            rgb[place + 1] = clamped(y + ((-22554 * cb - 46802 * cr + 32768) shr 16))
            rgb[place + 2] = clamped(y + ((116130 * cb + 32768) shr 16))
            yAt += frame.yPixelStride
            place += next
        }
    }

    private fun limited(frame: Frame, row: Int, begin: Int, next: Int) {
        val ys = frame.y.data
        val us = frame.u.data
        val vs = frame.v.data
        val rgb = out.bytes
        var yAt = frame.y.start + row * frame.yRowStride
        val uRow = frame.u.start + row / 2 * frame.uRowStride
        val vRow = frame.v.start + row / 2 * frame.vRowStride
        var place = begin
        for (x in 0 until frame.width) {
            val colour = x / 2 * frame.uvPixelStride
            val light = 1220542 * maxOf((ys[yAt].toInt() and 255) - 16, 0) + 524288
            val cb = (us[uRow + colour].toInt() and 255) - 128
            val cr = (vs[vRow + colour].toInt() and 255) - 128
            rgb[place] = clamped((light + 1673527 * cr) shr 20)
            rgb[place + 1] = clamped((light - 852492 * cr - 409993 * cb) shr 20)
            rgb[place + 2] = clamped((light + 2116026 * cb) shr 20)
            yAt += frame.yPixelStride
            place += next
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
