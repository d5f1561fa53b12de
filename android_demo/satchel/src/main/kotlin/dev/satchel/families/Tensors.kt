package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.ops.limits
import dev.satchel.ops.quantize

/**
 * Gives prepared values as the artefact's tensor takes them, with the batch axis.
 *
 * @param sides without the batch axis.
 * @param tensor null means float32.
 * @param reuse a tensor that nobody needs any more.
 * @throws dev.satchel.SatchelException input/nan.
 */
internal fun asTensor(values: FloatArray, sides: IntArray, tensor: Tensor?, reuse: TensorValue? = null): TensorValue {
    val out = tensorFor(tensor?.dtype ?: Dtype.FLOAT32, intArrayOf(1) + sides, reuse)
    if (out.dtype == Dtype.FLOAT32) return out.also { it.putFloats(values, values.size) }
    val ends = limits(out.dtype)
    val scale = tensor?.scale?.toFloat()
    val zero = tensor?.zeroPoint ?: 0L
    for (place in values.indices) {
        out.putInteger(place, if (scale != null) quantize(values[place], scale, zero, ends) else values[place].toInt())
    }
    return out
}
