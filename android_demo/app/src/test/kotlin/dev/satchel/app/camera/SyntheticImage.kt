package dev.satchel.app.camera

import android.graphics.ImageFormat
import android.hardware.DataSpace
import android.media.Image
import java.nio.ByteBuffer

/** Where a device puts the samples of a frame in memory. */
enum class Layout {
    /** Three planes without gaps. */
    PLANAR,

    /** Three planes whose rows are followed by bytes of nobody. */
    PADDED,

    /** V and U by turns in one plane, as in NV21: two views of the same memory, each without its last byte. */
    NV21,

    /** U and V by turns, with rows that are longer than they need to be. */
    NV12_PADDED,
}

/** The samples of a frame, without gaps. */
class Samples(val width: Int, val height: Int, val y: ByteArray, val u: ByteArray, val v: ByteArray) {
    val across = (width + 1) / 2
    val down = (height + 1) / 2

    companion object {
        /** Gives those that lie one plane after the other. */
        fun of(planes: ByteArray, width: Int, height: Int): Samples {
            val colour = (width + 1) / 2 * ((height + 1) / 2)
            val light = width * height
            check(planes.size == light + 2 * colour)
            return Samples(
                width,
                height,
                planes.copyOf(light),
                planes.copyOfRange(light, light + colour),
                planes.copyOfRange(light + colour, planes.size),
            )
        }
    }
}

/** An image as an ImageReader gives it, in direct memory, with the shortest planes that a device gives. */
class SyntheticImage(private val samples: Samples, layout: Layout, limited: Boolean = false) : Image() {
    private class SyntheticPlane(
        private val rows: Int,
        private val pixels: Int,
        private val bytes: ByteBuffer,
    ) : Plane() {
        override fun getRowStride() = rows

        override fun getPixelStride() = pixels

        override fun getBuffer() = bytes
    }

    private val all: Array<Plane> = when (layout) {
        Layout.PLANAR -> apart(0)
        Layout.PADDED -> apart(PADDING)
        Layout.NV21 -> interleaved(0, uFirst = false)
        Layout.NV12_PADDED -> interleaved(PADDING, uFirst = true)
    }

    /** How often it was closed. */
    var closes = 0
        private set

    init {
        mIsImageValid = true
        setDataSpace(if (limited) DataSpace.DATASPACE_BT601_625 else DataSpace.DATASPACE_JFIF)
    }

    /** Gives this image again, as if it had come anew. */
    fun reopened(): SyntheticImage = apply { mIsImageValid = true }

    override fun getFormat() = ImageFormat.YUV_420_888

    override fun getWidth() = samples.width

    override fun getHeight() = samples.height

    override fun getTimestamp() = 0L

    override fun getTransform() = 0

    override fun getScalingMode() = 0

    override fun getPlanes(): Array<Plane> {
        throwISEIfImageIsInvalid()
        return all
    }

    override fun close() {
        mIsImageValid = false
        closes++
    }

    private fun apart(padding: Int): Array<Plane> = arrayOf(
        plane(samples.y, samples.width, samples.height, padding),
        plane(samples.u, samples.across, samples.down, padding),
        plane(samples.v, samples.across, samples.down, padding),
    )

    /** The last row ends with its last sample. */
    private fun plane(data: ByteArray, width: Int, height: Int, padding: Int): Plane {
        val stride = width + padding
        val bytes = ByteBuffer.allocateDirect((height - 1) * stride + width)
        for (row in 0 until height) {
            for (column in 0 until width) bytes.put(row * stride + column, data[row * width + column])
            if (row < height - 1) for (column in width until stride) bytes.put(row * stride + column, NOBODYS)
        }
        return SyntheticPlane(stride, 1, bytes)
    }

    private fun interleaved(padding: Int, uFirst: Boolean): Array<Plane> {
        val stride = 2 * samples.across + padding
        val size = (samples.down - 1) * stride + 2 * samples.across
        val bytes = ByteBuffer.allocateDirect(size)
        for (place in 0 until size) bytes.put(place, NOBODYS)
        val (first, second) = if (uFirst) samples.u to samples.v else samples.v to samples.u
        for (row in 0 until samples.down) {
            for (column in 0 until samples.across) {
                bytes.put(row * stride + 2 * column, first[row * samples.across + column])
                bytes.put(row * stride + 2 * column + 1, second[row * samples.across + column])
            }
        }
        val views = listOf(0, 1).map { start ->
            bytes.position(start).limit(size - 1 + start)
            SyntheticPlane(stride, 2, bytes.slice())
        }
        val light = plane(samples.y, samples.width, samples.height, padding)
        return if (uFirst) arrayOf(light, views[0], views[1]) else arrayOf(light, views[1], views[0])
    }

    private companion object {
        const val PADDING = 13
        const val NOBODYS: Byte = 77
    }
}
