package dev.satchel.app.camera

import android.annotation.TargetApi
import android.hardware.DataSpace
import android.media.Image
import android.os.Build
import dev.satchel.Frame
import dev.satchel.steps.FrameRange
import java.nio.Buffer
import java.nio.ByteBuffer

/**
 * The planes of the last frame, in memory that is filled anew for each: after the first frame nothing is allocated.
 *
 * The bytes go as they are, with the strides that the camera has for them, so that `yuv_to_rgb` of the spec sees what the
 * sensor gave. It is used by one thread at a time.
 */
class FramePlanes {
    private var y = ByteArray(0)
    private var u = ByteArray(0)
    private var v = ByteArray(0)
    private var last: Frame? = null

    /**
     * Gives the frame of an image; it lasts until the next. The image is not closed.
     *
     * @param image YUV_420_888: its planes of colour have the same strides.
     * @param rotation degrees by which it is turned clockwise to be upright.
     * @throws IllegalStateException the image was closed, as its camera's reader was.
     */
    fun copy(image: Image, rotation: Int): Frame {
        val planes = image.planes
        val ySize = sizeOf(planes[0])
        val uSize = sizeOf(planes[1])
        val vSize = sizeOf(planes[2])
        y = filled(y, planes[0].buffer, ySize)
        u = filled(u, planes[1].buffer, uSize)
        v = filled(v, planes[2].buffer, vSize)
        val before = last
        if (before != null && fits(before, image, planes, rotation)) return before
        return Frame(
            width = image.width,
            height = image.height,
            y = Frame.Plane(y, 0, ySize),
            u = Frame.Plane(u, 0, uSize),
            v = Frame.Plane(v, 0, vSize),
            yRowStride = planes[0].rowStride,
            uRowStride = planes[1].rowStride,
            vRowStride = planes[2].rowStride,
            yPixelStride = planes[0].pixelStride,
            uvPixelStride = planes[1].pixelStride,
            range = rangeOf(image),
            rotation = rotation,
        ).also { last = it }
    }

    /** Says whether a frame is all that the one of an image would be. */
    private fun fits(frame: Frame, image: Image, planes: Array<Image.Plane>, rotation: Int): Boolean =
        frame.width == image.width && frame.height == image.height && frame.rotation == rotation && frame.range == rangeOf(image) &&
            holds(frame.y, y, planes[0]) && holds(frame.u, u, planes[1]) && holds(frame.v, v, planes[2]) &&
            frame.yRowStride == planes[0].rowStride && frame.yPixelStride == planes[0].pixelStride &&
            frame.uRowStride == planes[1].rowStride && frame.uvPixelStride == planes[1].pixelStride &&
            frame.vRowStride == planes[2].rowStride

    private fun holds(given: Frame.Plane, data: ByteArray, plane: Image.Plane) = given.data === data && given.size == sizeOf(plane)

    private fun sizeOf(plane: Image.Plane): Int = plane.buffer.limit()

    private fun filled(memory: ByteArray, buffer: ByteBuffer, size: Int): ByteArray {
        val data = if (memory.size >= size) memory else ByteArray(size)
        // As a Buffer: before Android 9 ByteBuffer has no rewind of its own.
        (buffer as Buffer).rewind()
        buffer.get(data, 0, size)
        return data
    }
}

/**
 * Gives which values a camera's frame uses.
 *
 * Android's cameras give YUV_420_888 in the data space JFIF: BT.601 and all of 0 to 255, as in a JPEG of theirs. From
 * Android 13 on an image says its own, and is believed when it says that its range is limited.
 */
@TargetApi(Build.VERSION_CODES.TIRAMISU)
private fun rangeOf(image: Image): FrameRange {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return FrameRange.FULL
    return if (DataSpace.getRange(image.dataSpace) == DataSpace.RANGE_LIMITED) FrameRange.LIMITED else FrameRange.FULL
}
