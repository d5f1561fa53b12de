package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.ops.Picture
import dev.satchel.ops.Pointwise
import dev.satchel.ops.grown
import dev.satchel.ops.limits
import dev.satchel.ops.quantize
import dev.satchel.ops.rowOf
import dev.satchel.ops.tableOf
import dev.satchel.steps.Order

/**
 * The last part of a picture's steps: floats of each value by itself, then the order and the dtype of the tensor.
 *
 * @param steps that work value by value.
 * @param tensor null means float32.
 */
internal class Sink(private val steps: Array<Pointwise>, private val order: Order, private val tensor: Tensor?) {
    private val dtype: Dtype = tensor?.dtype ?: Dtype.FLOAT32
    private val quantised = tensor?.scale != null
    private val scale = tensor?.scale?.toFloat() ?: 1f
    private val zero = tensor?.zeroPoint ?: 0L
    private val ends = limits(dtype)
    private var line = FloatArray(0)
    private var floats = FloatArray(0)
    private var table = FloatArray(0)

    /** Gives the tensor of a picture; [reuse] is one that nobody needs any more. */
    fun run(image: Picture, reuse: TensorValue?): TensorValue {
        val out = tensorFor(dtype, image, reuse)
        val count = image.width * image.height * image.channels
        floats = grown(floats, count)
        if (image.floating) perValue(image) else tabled(image)
        store(out, count)
        return out
    }

    private fun tensorFor(dtype: Dtype, image: Picture, reuse: TensorValue?): TensorValue {
        val high = image.height
        val wide = image.width
        val deep = image.channels
        val same = reuse != null && reuse.dtype == dtype
        if (same && order == Order.NCHW && reuse.isOf(deep, high, wide)) return reuse
        if (same && order != Order.NCHW && reuse.isOf(high, wide, deep)) return reuse
        val shape = if (order == Order.NCHW) intArrayOf(1, deep, high, wide) else intArrayOf(1, high, wide, deep)
        return TensorValue.allocate(dtype, shape)
    }

    private fun tabled(image: Picture) {
        if (table.size != 256 * image.channels) table = tableOf(steps, image.channels)
        if (order == Order.NCHW) planes(image) else pixels(image)
    }

    private fun pixels(image: Picture) {
        // Rows without a gap between them are one long row.
        val rows = if (image.row == image.width * image.step) 1 else image.height
        val count = image.width * image.height / rows
        for (y in 0 until rows) if (image.channels == 3) rowOfPixels(image, y, count, 3) else rowOfPixels(image, y, count, image.channels)
    }

    // In place of a call, 3 channels are a constant: compilers then write the inner loop out.
    @Suppress("NOTHING_TO_INLINE")
    private inline fun rowOfPixels(image: Picture, y: Int, count: Int, channels: Int) {
        val bytes = image.bytes
        val found = floats
        val known = table
        var at = image.offset + y * image.row
        var place = y * count * channels
        for (x in 0 until count) {
            for (c in 0 until channels) found[place + c] = known[256 * c + (bytes[at + c].toInt() and 255)]
            at += image.step
            place += channels
        }
    }

    private fun planes(image: Picture) {
        val bytes = image.bytes
        val found = floats
        val known = table
        var place = 0
        for (c in 0 until image.channels) {
            for (y in 0 until image.height) {
                var at = image.offset + y * image.row + c
                for (x in 0 until image.width) {
                    found[place++] = known[256 * c + (bytes[at].toInt() and 255)]
                    at += image.step
                }
            }
        }
    }

    private fun perValue(image: Picture) {
        val channels = image.channels
        val count = image.width * channels
        line = grown(line, count)
        for (y in 0 until image.height) {
            rowOf(image, y, line)
            for (each in steps) each.change(line, count, channels)
            if (order == Order.NCHW) {
                val plane = image.width * image.height
                for (place in 0 until count) floats[place % channels * plane + y * image.width + place / channels] = line[place]
            } else {
                System.arraycopy(line, 0, floats, y * count, count)
            }
        }
    }

    private fun store(out: TensorValue, count: Int) {
        if (dtype == Dtype.FLOAT32) return out.putFloats(floats, count)
        for (place in 0 until count) {
            val value = floats[place]
            out.putInteger(place, if (quantised) quantize(value, scale, zero, ends) else value.toInt())
        }
    }
}
