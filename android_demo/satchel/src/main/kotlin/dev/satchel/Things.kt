package dev.satchel

import dev.satchel.steps.FrameRange

/** What a person has, and a model can be asked about. */
public sealed interface Thing

/**
 * The pixels of a photo, upright.
 *
 * @property name what the photo is called in messages.
 * @property pixels RGB of each pixel, row by row: height * width * 3 bytes; they are read, never changed or kept.
 */
public class Photo private constructor(
    public val pixels: ByteArray,
    public val width: Int,
    public val height: Int,
    public val name: String,
) : Thing {
    public companion object {
        /** No picture of more pixels is prepared or made. */
        public const val MAX_PIXELS: Int = 1 shl 27

        /**
         * Gives the photo of RGB pixels.
         *
         * @throws SatchelException input/empty, input/wrong-array or input/too-large.
         */
        @JvmOverloads
        @JvmStatic
        public fun fromPixels(rgb: ByteArray, width: Int, height: Int, name: String = "photo"): Photo {
            if (width < 1 || height < 1) throw SatchelException("input/empty", "the photo is $width x $height pixels", name)
            val size = 3L * width * height
            if (rgb.size.toLong() != size) {
                val message = "expected $height x $width x 3 bytes ($size), found ${rgb.size}"
                throw SatchelException("input/wrong-array", message, name, "Give RGB, uint8, row by row.")
            }
            refuseTooLarge(width.toLong(), height.toLong(), name)
            return Photo(rgb, width, height, name)
        }
    }
}

internal fun refuseTooLarge(width: Long, height: Long, where: String = "") {
    if (width * height <= Photo.MAX_PIXELS) return
    val message = "expected at most ${Photo.MAX_PIXELS / 1_000_000} megapixels, found $width x $height pixels"
    throw SatchelException("input/too-large", message, where, "Scale it down first.")
}

/**
 * A picture as a camera gives it: a plane of brightness, and two of colour at half the width and height.
 *
 * @property y the bytes of the plane; u and v may be two views of one interleaved plane.
 * @property yRowStride bytes from one row to the next.
 * @property yPixelStride bytes from one brightness to the next.
 * @property uvPixelStride bytes from one colour to the next: 1 where planes are apart, 2 where they are interleaved.
 * @property range which values the camera uses; null where the spec says it.
 * @property rotation degrees by which the picture is turned clockwise to be upright; null where the spec says it.
 */
public class Frame(
    public val width: Int,
    public val height: Int,
    public val y: Plane,
    public val u: Plane,
    public val v: Plane,
    public val yRowStride: Int,
    public val uRowStride: Int,
    public val vRowStride: Int,
    public val yPixelStride: Int = 1,
    public val uvPixelStride: Int = 1,
    public val range: FrameRange? = null,
    public val rotation: Int? = null,
) : Thing {
    /** Bytes of [data] from [start] on, [size] of them. */
    public class Plane(public val data: ByteArray, public val start: Int = 0, public val size: Int = data.size - start)

    public companion object {
        /** Gives the frame of NV21 bytes: width * height of brightness, then V and U by turns for each 2 x 2 pixels. */
        public fun nv21(data: ByteArray, width: Int, height: Int, range: FrameRange? = null, rotation: Int? = null): Frame {
            val chroma = (width.toLong() * height).coerceIn(0, data.size.toLong()).toInt()
            val u = Plane(data, minOf(chroma + 1, data.size))
            val stride = (width + 1) / 2 * 2
            return Frame(width, height, Plane(data), u, Plane(data, chroma), width, stride, stride, 1, 2, range, rotation)
        }
    }
}

/** A row of a table: column name -> text as it stands in the file, a number, or null for an empty cell. */
public class Row(public val cells: Map<String, Any?>) : Thing

/**
 * A stretch of measurements.
 *
 * @property values sample by sample, [channels] values each.
 * @property rate samples a second; null where it is not known, and then what the spec says is believed.
 */
public class Signal(
    public val values: DoubleArray,
    public val channels: Int = 1,
    public val rate: Double? = null,
) : Thing

/** Things of different kinds for a model with several inputs, by the names of all its inputs. */
public class Things(public val byInput: Map<String, Thing>) : Thing
