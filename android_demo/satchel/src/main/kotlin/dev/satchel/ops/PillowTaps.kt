package dev.satchel.ops

import dev.satchel.steps.ResizeMethod

/** How many bits of a weight stand behind the point. */
internal const val PRECISION_BITS: Int = 22

private val HAMMING_MEAN = 0.54f.toDouble()
private val HAMMING_SWING = 0.46f.toDouble()

/**
 * The samples that each output of one axis reads, and what they weigh.
 *
 * @property starts the first sample of each output.
 * @property counts how many samples each reads.
 * @property weights of 2^22, [size] places for each output.
 */
internal class Taps(val starts: IntArray, val counts: IntArray, val weights: IntArray, val size: Int)

/** One of Pillow's filters: what a sample weighs at a distance, and how far it reaches. */
private class Filter(val support: Double, val weight: (Double) -> Double)

private val FILTERS: Map<ResizeMethod, Filter> = mapOf(
    ResizeMethod.PILLOW_BOX to Filter(0.5) { if (it > -0.5 && it <= 0.5) 1.0 else 0.0 },
    ResizeMethod.PILLOW_BILINEAR to Filter(1.0) { x -> Math.abs(x).let { if (it < 1.0) 1.0 - it else 0.0 } },
    ResizeMethod.PILLOW_HAMMING to Filter(1.0, ::hamming),
    ResizeMethod.PILLOW_BICUBIC to Filter(2.0, ::bicubic),
    ResizeMethod.PILLOW_LANCZOS to Filter(3.0) { if (it >= -3.0 && it < 3.0) sinc(it) * sinc(it / 3) else 0.0 },
)

private fun sinc(x: Double): Double = if (x == 0.0) 1.0 else (x * Math.PI).let { Math.sin(it) / it }

private fun hamming(distance: Double): Double {
    val x = Math.abs(distance)
    if (x == 0.0) return 1.0
    if (x >= 1.0) return 0.0
    val angle = x * Math.PI
    return Math.sin(angle) / angle * (HAMMING_MEAN + HAMMING_SWING * Math.cos(angle))
}

private fun bicubic(distance: Double): Double {
    val x = Math.abs(distance)
    val a = -0.5
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a
    return 0.0
}

/**
 * Gives the taps of an axis of [source] samples that becomes [target], for [count] outputs from [begin] on.
 *
 * An axis that keeps its length is copied: each output is its own sample.
 */
internal fun coefficients(source: Int, target: Int, method: ResizeMethod, begin: Int, count: Int): Taps {
    if (source == target) return copying(begin, count)
    val filter = FILTERS.getValue(method)
    val scale = source.toDouble() / target
    val widened = maxOf(scale, 1.0)
    val reach = filter.support * widened
    val size = Math.ceil(reach).toInt() * 2 + 1
    val taps = Taps(IntArray(count), IntArray(count), IntArray(count * size), size)
    val weights = DoubleArray(size)
    for (output in 0 until count) {
        val centre = (begin + output + 0.5) * scale
        val first = maxOf((centre - reach + 0.5).toInt(), 0)
        val last = minOf((centre + reach + 0.5).toInt(), source)
        taps.starts[output] = first
        taps.counts[output] = last - first
        weigh(filter, first - centre, 1.0 / widened, weights, last - first)
        for (place in 0 until last - first) taps.weights[output * size + place] = fixed(weights[place])
    }
    return taps
}

private fun weigh(filter: Filter, start: Double, shrink: Double, weights: DoubleArray, count: Int) {
    var sum = 0.0
    for (place in 0 until count) {
        weights[place] = filter.weight((place + start + 0.5) * shrink)
        sum += weights[place]
    }
    if (sum != 0.0) for (place in 0 until count) weights[place] /= sum
}

private fun copying(begin: Int, count: Int) =
    Taps(IntArray(count) { begin + it }, IntArray(count) { 1 }, IntArray(count) { 1 shl PRECISION_BITS }, 1)

private fun fixed(weight: Double): Int = (weight * (1 shl PRECISION_BITS) + if (weight < 0) -0.5 else 0.5).toInt()
