package dev.satchel

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * A tensor: what goes into a model, or comes out of it.
 *
 * @property shape with batch axis 1.
 * @property data the values, little-endian, row by row; position 0, limit at its end.
 */
public class TensorValue(public val dtype: Dtype, shape: IntArray, data: ByteBuffer) {
    private val sides = shape.copyOf()

    public val data: ByteBuffer = data.duplicate().order(ByteOrder.LITTLE_ENDIAN).also { it.rewind() }

    public val shape: IntArray get() = sides.copyOf()

    /** How many values there are. */
    public val size: Int = data.limit() / dtype.bytes

    /** Gives the bytes of all values. */
    public fun bytes(): ByteArray = ByteArray(data.limit()).also { data.duplicate().get(it) }

    private val floats = if (dtype == Dtype.FLOAT32) this.data.asFloatBuffer() else null

    internal fun hasShape(other: IntArray) = sides.contentEquals(other)

    /** Says whether this is one picture with these sides. */
    internal fun isOf(first: Int, second: Int, third: Int) =
        sides.size == 4 && sides[0] == 1 && sides[1] == first && sides[2] == second && sides[3] == third

    internal fun putFloats(values: FloatArray, count: Int) {
        floats!!.clear()
        floats.put(values, 0, count)
    }

    internal fun putInteger(place: Int, value: Int) {
        when (dtype.bytes) {
            1 -> data.put(place, value.toByte())
            2 -> data.putShort(2 * place, value.toShort())
            4 -> data.putInt(4 * place, value)
            else -> data.putLong(8 * place, value.toLong())
        }
    }

    public companion object {
        /** Gives an empty tensor in direct memory, which runtimes read without a copy. */
        public fun allocate(dtype: Dtype, shape: IntArray): TensorValue {
            val bytes = shape.fold(dtype.bytes) { size, side -> Math.multiplyExact(size, side) }
            return TensorValue(dtype, shape, ByteBuffer.allocateDirect(bytes))
        }

        /** Gives a tensor of binary32 values. */
        public fun of(values: FloatArray, vararg shape: Int): TensorValue =
            allocate(Dtype.FLOAT32, shape).also { it.data.asFloatBuffer().put(values) }
    }
}

/** The numbers of one output, dequantised; [shape] has the batch axis. */
internal class Floats(val data: FloatArray, val shape: IntArray)

/**
 * Things that were found in a picture.
 *
 * @property boxes left, top, right, bottom of each, one after the other.
 * @property classes indices of the model's classes.
 * @property labels the name of each one's class; null before the label step.
 */
internal class Detections(
    val boxes: FloatArray,
    val scores: FloatArray,
    val classes: IntArray,
    val labels: List<String>? = null,
)

/**
 * Places in a picture.
 *
 * @property xy x and y of each, one after the other.
 * @property scores null where the model gives none.
 * @property names what each one is; null before the label step.
 */
internal class Points(val xy: FloatArray, val scores: FloatArray? = null, val names: List<String>? = null)

/**
 * The class of each pixel of a picture, row by row.
 *
 * @property labels the name of each class; null before the label step.
 */
public class Mask private constructor(
    public val width: Int,
    public val height: Int,
    private val bytes: ByteArray?,
    private val ints: IntArray?,
    public val labels: List<String>?,
) {
    /** A mask of at most 256 classes: one byte a pixel. */
    internal constructor(width: Int, height: Int, indices: ByteArray) : this(width, height, indices, null, null)

    /** A mask of more classes. */
    internal constructor(width: Int, height: Int, indices: IntArray) : this(width, height, null, indices, null)

    /** How many pixels there are. */
    public val size: Int get() = width * height

    /** Whether there is a byte a pixel: at most 256 classes. */
    internal val small: Boolean get() = bytes != null

    /** Gives the class of pixel number [place], counted row by row. */
    public operator fun get(place: Int): Int = if (bytes != null) bytes[place].toInt() and 255 else ints!![place]

    internal fun labelled(names: List<String>) = Mask(width, height, bytes, ints, names)
}
