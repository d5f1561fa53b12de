package dev.satchel.ops

import dev.satchel.steps.InputStep
import dev.satchel.steps.Normalize
import dev.satchel.steps.Rescale

/** A step that makes a float of each value by itself. */
internal abstract class Pointwise {
    /** Changes [count] values, those of a pixel's channels side by side. */
    abstract fun change(line: FloatArray, count: Int, channels: Int)
}

/** Gives the step as one that works value by value; null where it is none of those. */
internal fun pointwise(step: InputStep): Pointwise? = when (step) {
    is Rescale -> if (step.factor != null) Multiplied(step.factor.toFloat(), step.offset.toFloat()) else divided(step)
    is Normalize -> Normalized(floats(step.mean), floats(step.std))
    else -> null
}

/** Gives binary64 values rounded to binary32. */
internal fun floats(values: List<Double>): FloatArray = FloatArray(values.size) { values[it].toFloat() }

private fun divided(step: Rescale) = Divided(step.divisor!!.toFloat(), step.offset.toFloat())

private class Multiplied(private val factor: Float, private val offset: Float) : Pointwise() {
    override fun change(line: FloatArray, count: Int, channels: Int) {
        for (place in 0 until count) line[place] = line[place] * factor + offset
    }
}

private class Divided(private val divisor: Float, private val offset: Float) : Pointwise() {
    override fun change(line: FloatArray, count: Int, channels: Int) {
        for (place in 0 until count) line[place] = line[place] / divisor + offset
    }
}

private class Normalized(private val mean: FloatArray, private val std: FloatArray) : Pointwise() {
    // Mean and std of each value of a line: without a stride, whole lanes of values are changed at once.
    private var less = FloatArray(0)
    private var unit = FloatArray(0)
    private var known = 0

    override fun change(line: FloatArray, count: Int, channels: Int) {
        if (less.size < count || known != channels) spread(count, channels)
        val minus = less
        val by = unit
        for (place in 0 until count) line[place] = (line[place] - minus[place]) / by[place]
    }

    private fun spread(count: Int, channels: Int) {
        less = FloatArray(count) { mean[it % channels % mean.size] }
        unit = FloatArray(count) { std[it % channels % std.size] }
        known = channels
    }
}

/** Gives what the steps make of the 256 levels of each channel: number channel * 256 + level. */
internal fun tableOf(steps: Array<Pointwise>, channels: Int): FloatArray {
    val line = FloatArray(256 * channels) { (it / channels).toFloat() }
    for (each in steps) each.change(line, line.size, channels)
    return FloatArray(line.size) { line[it % 256 * channels + it / 256] }
}
