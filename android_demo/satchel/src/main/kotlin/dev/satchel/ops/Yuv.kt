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
        for (y in 0 until frame.height) convert(frame, y, rotation)
        return out
    }

    private fun convert(frame: Frame, y: Int, rotation: Int) = when (rotation) {
        0 -> row(frame, y, y * out.row, 3)
        90 -> row(frame, y, (frame.height - 1 - y) * 3, out.row)
        180 -> row(frame, y, (frame.height - y) * out.row - 3, -3)
        else -> row(frame, y, (frame.width - 1) * out.row + y * 3, -out.row)
    }

    // Not with ?: and ?., which would make an object of a number.
    private fun rotationOf(frame: Frame): Int = if (step != null) step.rotation else frame.rotation!!

    private fun row(frame: Frame, y: Int, begin: Int, next: Int) {
        val full = (step?.range ?: frame.range) == FrameRange.FULL
        if (full) full(frame, y, begin, next) else limited(frame, y, begin, next)
    }

    private fun full(frame: Frame, row: Int, begin: Int, next: Int) {
        val rgb = out.bytes
        eachPixel(frame, row, begin, next) { place, y, cb, cr ->
            rgb[place] = level(y + ((91881 * cr + 32768) shr 16))
            rgb[place + 1] = level(y + ((-22554 * cb - 46802 * cr + 32768) shr 16))
            rgb[place + 2] = level(y + ((116130 * cb + 32768) shr 16))
        }
    }

    private fun limited(frame: Frame, row: Int, begin: Int, next: Int) {
        val rgb = out.bytes
        eachPixel(frame, row, begin, next) { place, y, cb, cr ->
            val light = 1220542 * Math.max(y - 16, 0) + 524288
            rgb[place] = level((light + 1673527 * cr) shr 20)
            rgb[place + 1] = level((light - 852492 * cr - 409993 * cb) shr 20)
            rgb[place + 2] = level((light + 2116026 * cb) shr 20)
        }
    }
}

/**
 * Gives each pixel of a row to [put]: the place of its result, each [next] behind the one before, its brightness, and its
 * colour, which two pixels share.
 */
private inline fun eachPixel(frame: Frame, row: Int, begin: Int, next: Int, put: (place: Int, y: Int, cb: Int, cr: Int) -> Unit) {
    val ys = frame.y.data
    val us = frame.u.data
    val vs = frame.v.data
    val yStep = frame.yPixelStride
    val uvStep = frame.uvPixelStride
    var yAt = frame.y.start + row * frame.yRowStride
    var uAt = frame.u.start + row / 2 * frame.uRowStride
    var vAt = frame.v.start + row / 2 * frame.vRowStride
    var place = begin
    for (pair in 0 until frame.width / 2) {
        val cb = (us[uAt].toInt() and 255) - 128
        val cr = (vs[vAt].toInt() and 255) - 128
        put(place, ys[yAt].toInt() and 255, cb, cr)
        put(place + next, ys[yAt + yStep].toInt() and 255, cb, cr)
        yAt += 2 * yStep
        place += 2 * next
        uAt += uvStep
        vAt += uvStep
    }
    if (frame.width % 2 == 1) put(place, ys[yAt].toInt() and 255, (us[uAt].toInt() and 255) - 128, (vs[vAt].toInt() and 255) - 128)
}

/** The level of each value by its lowest ten bits: 0..255; values are from -384 to 639. */
private val LEVELS = ByteArray(1024) { if (it < 640) Math.min(it, 255).toByte() else 0 }

/** Gives the level nearest to a value: a table takes less time than two comparisons. */
private fun level(value: Int): Byte = LEVELS[value and 1023]

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
