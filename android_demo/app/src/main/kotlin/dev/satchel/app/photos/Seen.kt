package dev.satchel.app.photos

import dev.satchel.Dtype
import dev.satchel.Input
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.steps.Color
import dev.satchel.steps.Colour
import dev.satchel.steps.Layout
import dev.satchel.steps.Normalize
import dev.satchel.steps.Order
import dev.satchel.steps.Rescale
import java.nio.ByteOrder
import kotlin.math.roundToInt

/** A picture for the screen: opaque ARGB, row by row. */
class Pixels(val argb: IntArray, val width: Int, val height: Int)

/**
 * Gives the picture that a model saw: a prepared tensor with its quantisation, normalisation and order undone.
 *
 * @param input whose steps made the tensor.
 * @param tensor as the artefact takes it; its scale is undone where it has one.
 * @param value the prepared tensor, [1, h, w, c] or [1, c, h, w].
 * @return null where it is no picture of one or three channels.
 */
fun seenBy(input: Input, tensor: Tensor, value: TensorValue): Pixels? {
    if (value.shape.size != 4) return null
    val planes = (input.steps.lastOrNull { it is Layout } as? Layout)?.to == Order.NCHW
    val sides = value.shape
    val (height, width, channels) = if (planes) listOf(sides[2], sides[3], sides[1]) else listOf(sides[1], sides[2], sides[3])
    if (channels != 1 && channels != 3) return null
    val numbers = numbersOf(tensor, value)
    val levels = undone(input, channels)
    val reversed = (input.steps.lastOrNull { it is Color } as? Color)?.to == Colour.BGR
    val argb = IntArray(width * height) { place ->
        var pixel = 0xFF
        for (colour in 0..2) {
            val channel = minOf(if (reversed) 2 - colour else colour, channels - 1)
            val at = if (planes) channel * width * height + place else place * channels + channel
            pixel = pixel shl 8 or levels.level(numbers[at], channel)
        }
        pixel
    }
    return Pixels(argb, width, height)
}

/** Gives the numbers that the steps made: those of the tensor, dequantised. */
private fun numbersOf(tensor: Tensor, value: TensorValue): FloatArray {
    val data = value.data.duplicate().order(ByteOrder.LITTLE_ENDIAN)
    val scale = tensor.scale?.toFloat() ?: 1f
    val zero = tensor.zeroPoint ?: 0L
    return FloatArray(value.size) { place ->
        when (value.dtype) {
            Dtype.FLOAT32 -> data.getFloat(4 * place)
            Dtype.UINT8 -> ((data.get(place).toInt() and 255) - zero) * scale
            Dtype.INT8 -> (data.get(place) - zero) * scale
            Dtype.INT16 -> (data.getShort(2 * place) - zero) * scale
            Dtype.INT32 -> data.getInt(4 * place).toFloat()
            Dtype.INT64 -> data.getLong(8 * place).toFloat()
            Dtype.BOOL -> 255f * data.get(place)
        }
    }
}

/** For each channel: a level of 0..255 is value * gain + base. */
private class Levels(private val gain: DoubleArray, private val base: DoubleArray) {
    fun level(value: Float, channel: Int): Int = (value * gain[channel] + base[channel]).let {
        if (it.isNaN()) 0 else it.coerceIn(0.0, 255.0).roundToInt()
    }
}

/** Gives what undoes all steps that work value by value, the last one first. */
private fun undone(input: Input, channels: Int): Levels {
    val gain = DoubleArray(channels) { 1.0 }
    val base = DoubleArray(channels)
    for (step in input.steps.asReversed()) {
        for (channel in 0 until channels) {
            val (by, plus) = when (step) {
                is Rescale -> (step.divisor ?: (1 / step.factor!!)).let { it to -step.offset * it }
                is Normalize -> step.std[channel % step.std.size] to step.mean[channel % step.mean.size]
                else -> 1.0 to 0.0
            }
            gain[channel] *= by
            base[channel] = base[channel] * by + plus
        }
    }
    return Levels(gain, base)
}
