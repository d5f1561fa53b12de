package dev.satchel.ops

import dev.satchel.Dtype
import dev.satchel.Floats
import dev.satchel.SatchelException
import dev.satchel.TensorValue

/** Gives the least and the largest value of an integer dtype; of a larger one than 32 bits, those of 32 bits. */
internal fun limits(dtype: Dtype): IntRange = when (dtype) {
    Dtype.UINT8 -> 0..255
    Dtype.INT8 -> -128..127
    Dtype.INT16 -> -32768..32767
    else -> Int.MIN_VALUE..Int.MAX_VALUE
}

/**
 * Gives the integer of a real value: x / scale, rounded to the nearest, away from zero at a half, plus the zero point,
 * kept inside the dtype's limits.
 *
 * @throws SatchelException input/nan.
 */
internal fun quantize(x: Float, scale: Float, zeroPoint: Long, limits: IntRange): Int {
    val t = x / scale
    if (t.isNaN()) throw SatchelException("input/nan", "a prepared value is NaN and cannot be quantised")
    val whole = if (t < 0) Math.ceil(t.toDouble()).toFloat() else Math.floor(t.toDouble()).toFloat()
    val rounded = if (Math.abs(t - whole) >= 0.5f) whole + Math.signum(t) else whole
    val moved = rounded.toDouble() + zeroPoint
    return moved.coerceIn(limits.first.toDouble(), limits.last.toDouble()).toInt()
}

/**
 * Gives the numbers of a tensor: (q - zero point) * scale, the difference exact; as they are where there is no scale.
 */
internal fun dequantize(value: TensorValue, scale: Double?, zeroPoint: Long?): Floats {
    val found = FloatArray(value.size)
    if (value.dtype == Dtype.FLOAT32) {
        value.data.duplicate().order(value.data.order()).asFloatBuffer().get(found)
    } else {
        val (zero, unit) = (zeroPoint ?: 0L) to (scale?.toFloat() ?: 1f)
        for (place in found.indices) found[place] = (integerAt(value, place) - zero).toFloat() * unit
    }
    return Floats(found, value.shape)
}

private fun integerAt(value: TensorValue, place: Int): Long = when (value.dtype) {
    Dtype.UINT8, Dtype.BOOL -> value.data.get(place).toLong() and 255
    Dtype.INT8 -> value.data.get(place).toLong()
    Dtype.INT16 -> value.data.getShort(2 * place).toLong()
    Dtype.INT32 -> value.data.getInt(4 * place).toLong()
    Dtype.INT64 -> value.data.getLong(8 * place)
    Dtype.FLOAT32 -> error("float32 holds no integers")
}
