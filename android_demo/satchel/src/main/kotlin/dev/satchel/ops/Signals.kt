package dev.satchel.ops

import dev.satchel.SatchelException
import dev.satchel.steps.DetrendKind
import dev.satchel.steps.Order
import dev.satchel.steps.Resample
import dev.satchel.steps.ResampleMethod
import dev.satchel.steps.Tail
import dev.satchel.steps.Window
import dev.satchel.steps.commonFactor
import dev.satchel.steps.thousandths

private const val MAX_VALUES = 1L shl 27
private const val EPSILON = 1.0 / (1L shl 52)

/** A stretch of a signal, binary64: sample by sample, [channels] values each. */
internal class Samples(val data: DoubleArray, val channels: Int) {
    val length: Int get() = data.size / channels
}

/** Another rate for a signal; the filter is made when it is first needed. */
internal class Resampler(private val step: Resample) {
    private val up: Int
    private val down: Int
    private val taps by lazy { filterTaps(up, down) }

    init {
        val (from, to) = thousandths(step.fromRate) to thousandths(step.toRate)
        up = (to / commonFactor(to, from)).toInt()
        down = (from / commonFactor(to, from)).toInt()
    }

    /** Gives how many samples become of [length]. */
    fun count(length: Int): Long = (length.toLong() * up + down - 1) / down

    /**
     * Gives a signal at the other rate: ceil(n * up / down) samples, the first at the time of the first.
     *
     * `linear` is numpy.interp, `polyphase` scipy.signal.resample_poly with its Kaiser window of beta 5.
     *
     * @throws SatchelException input/too-large.
     */
    fun run(samples: Samples): Samples {
        val count = count(samples.length)
        if (count * samples.channels > MAX_VALUES) {
            val message = "resampling ${samples.length} samples makes $count, more than $MAX_VALUES values"
            throw SatchelException("input/too-large", message, hint = "Give a shorter stretch.")
        }
        if (up == down) return samples
        if (step.method == ResampleMethod.LINEAR) return linear(samples, count.toInt())
        return polyphase(samples, up, down, count.toInt(), taps)
    }

    /** Sample k lies at p = k * down / up of the old ones; behind the last one the signal stays as it is there. */
    private fun linear(samples: Samples, count: Int): Samples {
        val channels = samples.channels
        val given = samples.data
        val found = DoubleArray(count * channels)
        for (k in 0 until count) {
            val at = k.toLong() * down
            val before = minOf(at / up, samples.length - 1L).toInt()
            val after = minOf(before + 1, samples.length - 1)
            val part = at / up.toDouble() - before
            for (c in 0 until channels) {
                val x = given[before * channels + c]
                found[k * channels + c] = if (part == 0.0 || after == before) x else (given[after * channels + c] - x) * part + x
            }
        }
        return Samples(found, channels)
    }
}

/**
 * Gives each channel less its mean, or less the straight line that fits it best (scipy.signal.detrend).
 *
 * With t = i - (n - 1) / 2: the line's slope is sum(t * (x - mean)) / (n * (n * n - 1) / 12).
 */
internal fun detrend(samples: Samples, kind: DetrendKind): Samples {
    val count = samples.length.toDouble()
    val channels = samples.channels
    val found = centred(samples, means(samples))
    if (kind == DetrendKind.CONSTANT || samples.length == 1) return found
    for (c in 0 until channels) {
        var sum = (0 - (count - 1) / 2) * found.data[c]
        for (i in 1 until samples.length) sum += (i - (count - 1) / 2) * found.data[i * channels + c]
        val slope = sum / (count * (count * count - 1) / 12)
        for (i in 0 until samples.length) found.data[i * channels + c] -= slope * (i - (count - 1) / 2)
    }
    return found
}

/**
 * Gives where the stretches of a signal begin: at 0, hop, 2 * hop, ...
 *
 * What is left behind the last whole one is left out (`drop`), made whole with zeros (`pad`) or refused (`error`).
 *
 * @throws SatchelException input/too-short when there is no window at all; input/leftover-samples.
 */
internal fun windowStarts(count: Int, step: Window): IntArray {
    if (count < step.length && step.tail != Tail.PAD) {
        val message = "a window takes ${step.length} samples, the signal has $count"
        throw SatchelException("input/too-short", message, hint = "Give a longer stretch, or a spec whose tail is pad.")
    }
    val whole = if (count >= step.length) (count - step.length) / step.hop + 1 else 0
    val left = if (whole == 0) count else count - ((whole - 1) * step.hop + step.length)
    if (left > 0 && step.tail == Tail.ERROR) {
        val message = "windows of ${step.length} every ${step.hop} samples leave $left of $count samples over"
        throw SatchelException("input/leftover-samples", message, hint = "Cut the stretch, or use a spec that drops or pads.")
    }
    val padded = left > 0 && step.tail == Tail.PAD && whole.toLong() * step.hop < count
    return IntArray(if (padded) whole + 1 else whole) { it * step.hop }
}

/** Gives the stretch of [length] samples that begins at [start]; behind the signal's end there are zeros. */
internal fun window(samples: Samples, start: Int, length: Int): Samples {
    val found = DoubleArray(length * samples.channels)
    val end = minOf(start.toLong() + length, samples.length.toLong()).toInt()
    samples.data.copyInto(found, 0, start * samples.channels, end * samples.channels)
    return Samples(found, samples.channels)
}

/** Gives (x - mean[c]) / scale[c]; mean and scale have one number, or one a channel. */
internal fun standardize(samples: Samples, mean: DoubleArray, scale: DoubleArray): Samples {
    val channels = samples.channels
    val found = DoubleArray(samples.data.size)
    for (c in 0 until channels) {
        val (less, unit) = mean[c % mean.size] to scale[c % scale.size]
        for (place in c until found.size step channels) found[place] = (samples.data[place] - less) / unit
    }
    return Samples(found, channels)
}

/**
 * Gives each channel by its own mean and population standard deviation.
 *
 * A channel that is constant by StandardScaler's rule, var <= n * eps * var + (n * mean * eps)^2 with eps = 2^-52, becomes
 * 0: StandardScaler leaves the rounding noise of its mean there.
 */
internal fun standardize(samples: Samples): Samples {
    val count = samples.length.toDouble()
    val channels = samples.channels
    val own = means(samples)
    val found = centred(samples, own)
    for (c in 0 until channels) {
        var sum = found.data[c] * found.data[c]
        for (place in c + channels until found.data.size step channels) sum += found.data[place] * found.data[place]
        val variance = sum / count
        val still = count * own[c] * EPSILON
        val constant = variance <= count * EPSILON * variance + still * still
        val deviation = Math.sqrt(variance)
        for (place in c until found.data.size step channels) {
            found.data[place] = if (constant) 0.0 else found.data[place] / deviation
        }
    }
    return found
}

private fun centred(samples: Samples, own: DoubleArray): Samples {
    val channels = samples.channels
    val found = DoubleArray(samples.data.size)
    for (c in 0 until channels) {
        for (place in c until found.size step channels) found[place] = samples.data[place] - own[c]
    }
    return Samples(found, channels)
}

/** Gives the mean of each channel: its sum in index order, from the first term, over the count. */
private fun means(samples: Samples): DoubleArray = DoubleArray(samples.channels) { c ->
    var sum = samples.data[c]
    for (place in c + samples.channels until samples.data.size step samples.channels) sum += samples.data[place]
    sum / samples.length
}

/**
 * Gives the values, each rounded once: as they are (NLC, NL), or channel by channel (NCL).
 *
 * @throws SatchelException input/not-finite.
 */
internal fun signalValues(samples: Samples, to: Order): FloatArray {
    val given = samples.data
    val found = FloatArray(given.size)
    if (to == Order.NCL) {
        for (c in 0 until samples.channels) {
            for (i in 0 until samples.length) found[c * samples.length + i] = given[i * samples.channels + c].toFloat()
        }
    } else {
        for (place in given.indices) found[place] = given[place].toFloat()
    }
    if (found.all { it.isFinite() }) return found
    throw SatchelException("input/not-finite", "a prepared value is infinite in binary32", hint = "Check mean and scale.")
}

/**
 * Gives a signal's values, at least one of each channel, all finite.
 *
 * @throws SatchelException input/wrong-array, input/empty, input/not-finite.
 */
internal fun checked(values: DoubleArray, channels: Int): Samples {
    if (channels < 1 || values.size % channels != 0) {
        val message = "expected [samples, channels], found ${values.size} values of $channels channels"
        throw SatchelException("input/wrong-array", message, hint = "Give the values sample by sample, one for each channel.")
    }
    if (values.isEmpty()) {
        throw SatchelException("input/empty", "the signal has no samples", hint = "Give at least one sample of each channel.")
    }
    val wrong = values.indexOfFirst { !it.isFinite() }
    if (wrong < 0) return Samples(values, channels)
    val message = "sample ${wrong / channels} of channel ${wrong % channels} is ${values[wrong]}"
    throw SatchelException("input/not-finite", message, hint = "Fill the gaps before: a filter would spread them.")
}
