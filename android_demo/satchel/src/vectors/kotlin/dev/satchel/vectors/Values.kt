package dev.satchel.vectors

import dev.satchel.Dtype
import dev.satchel.TensorValue
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64

/** An array of a vector: little-endian bytes, row by row. */
class Values(val dtype: String, val shape: List<Int>, bytes: ByteArray) {
    val raw: ByteBuffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)

    val size: Int = raw.limit() / SIZES.getValue(dtype)

    fun bytes(): ByteArray = raw.array()

    fun floats(): FloatArray = FloatArray(size) { raw.getFloat(4 * it) }

    fun doubles(): DoubleArray = DoubleArray(size) { if (dtype == "float64") raw.getDouble(8 * it) else number(it) }

    fun ints(): IntArray = IntArray(size) { number(it).toInt() }

    /** Gives a value as binary64, which holds all that there are. */
    fun number(place: Int): Double = when (dtype) {
        "uint8", "bool" -> (raw.get(place).toInt() and 255).toDouble()
        "int8" -> raw.get(place).toDouble()
        "int16" -> raw.getShort(2 * place).toDouble()
        "int32" -> raw.getInt(4 * place).toDouble()
        "int64" -> raw.getLong(8 * place).toDouble()
        "float32" -> raw.getFloat(4 * place).toDouble()
        else -> raw.getDouble(8 * place)
    }

    /** Gives the array as a tensor of a model. */
    fun tensor(): TensorValue = TensorValue(Dtype.entries.first { it.word == dtype }, shape.toIntArray(), raw)

    companion object {
        private val SIZES = Dtype.entries.associate { it.word to it.bytes } + ("float64" to 8)

        fun of(values: FloatArray, shape: List<Int>): Values = of("float32", shape, 4 * values.size) { bytes ->
            values.forEach(bytes::putFloat)
        }

        fun of(values: DoubleArray, shape: List<Int>): Values = of("float64", shape, 8 * values.size) { bytes ->
            values.forEach(bytes::putDouble)
        }

        fun of(values: IntArray, shape: List<Int>): Values = of("int32", shape, 4 * values.size) { bytes -> values.forEach(bytes::putInt) }

        fun of(values: ByteArray, shape: List<Int>): Values = Values("uint8", shape, values)

        fun of(value: TensorValue): Values = Values(value.dtype.word, value.shape.toList(), value.bytes())

        private fun of(dtype: String, shape: List<Int>, size: Int, fill: (ByteBuffer) -> Unit): Values =
            Values(dtype, shape, ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).also(fill).array())
    }
}

/** Gives a JSON value with its arrays as [Values]; one of which only the hash is stored stays as it is. */
fun unpacked(value: Any?): Any? = when {
    value is List<*> -> value.map(::unpacked)
    value is Map<*, *> && "dtype" in value && "data" in value ->
        Values(value["dtype"] as String, sides(value["shape"]), Base64.getDecoder().decode(value["data"] as String))
    value is Map<*, *> -> value.mapValues { unpacked(it.value) }
    else -> value
}

/** Gives the sides of an array as a vector states them. */
fun sides(shape: Any?): List<Int> = (shape as List<*>).map { (it as Double).toInt() }
