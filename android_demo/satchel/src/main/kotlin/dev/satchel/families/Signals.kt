package dev.satchel.families

import dev.satchel.Input
import dev.satchel.SatchelException
import dev.satchel.Signal
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.Thing
import dev.satchel.ops.Resampler
import dev.satchel.ops.Samples
import dev.satchel.ops.checked
import dev.satchel.ops.detrend
import dev.satchel.ops.signalValues
import dev.satchel.ops.standardize
import dev.satchel.ops.window
import dev.satchel.ops.windowStarts
import dev.satchel.steps.Columns
import dev.satchel.steps.Detrend
import dev.satchel.steps.InputStep
import dev.satchel.steps.Layout
import dev.satchel.steps.Order
import dev.satchel.steps.Resample
import dev.satchel.steps.Standardize
import dev.satchel.steps.Window

/** Inputs that begin with a step of signals, or have one behind their columns. */
internal object SignalFamily : Family {
    override val kind: String get() = "signal"

    override fun check(steps: List<InputStep>, where: String): List<Shape> = signalShapes(steps, where)

    override fun plan(input: Input, shapes: List<Shape>, tensor: Tensor?): Plan =
        SignalPlan(input.steps, shapes.last() as SignalShape, tensor)

    override fun load(thing: Thing, input: Input): Thing {
        if (thing !is Signal) {
            throw SatchelException("input/wrong-array", "the input '${input.name}' takes a signal", hint = "Give a Signal.")
        }
        val wanted = input.steps.firstNotNullOfOrNull { (it as? Resample)?.fromRate }
        if (wanted == null || thing.rate == null || thing.rate == wanted) return thing
        val message = "the steps take $wanted samples a second, the signal has ${thing.rate}"
        throw SatchelException("input/wrong-rate", message, hint = "Resample it before, or give the resample step this rate.")
    }
}

/** One step on samples. */
private typealias Change = (Samples) -> Samples

/** The steps of a signal: those on the whole of it, its windows, and the steps on each of them. */
private class SignalPlan(steps: List<InputStep>, private val last: SignalShape, private val tensor: Tensor?) : Plan {
    private val cut = steps.firstNotNullOfOrNull { it as? Window }
    private val whole: List<Change> = steps.takeWhile { it !is Window }.mapNotNull(::changeOf)
    private val each: List<Change> = steps.dropWhile { it !is Window }.mapNotNull(::changeOf)
    private val to: Order = last.to ?: Order.NLC

    override fun prepare(thing: Thing, reuse: TensorValue?): TensorValue {
        val samples = samplesOf(thing as Signal)
        val starts = startsOf(samples)
        if (starts.size == 1) return tensorOf(samples, starts[0], reuse)
        val message = "expected a signal of one window, found ${starts.size}"
        throw SatchelException("input/several-windows", message, hint = "Prepare them with windows, or cut the signal.")
    }

    override fun windows(thing: Thing): List<Cut> {
        val samples = samplesOf(thing as Signal)
        return startsOf(samples).map { Cut(it, tensorOf(samples, it, null)) }
    }

    private fun samplesOf(signal: Signal): Samples {
        val channels = last.channels
        if (channels != null && signal.channels != channels) {
            val message = "the steps take $channels channels, the signal has ${signal.channels}"
            throw SatchelException("input/wrong-channels", message, hint = "Give [samples, channels], in the order of training.")
        }
        return whole.fold(checked(signal.values, signal.channels)) { samples, change -> change(samples) }
    }

    private fun startsOf(samples: Samples): IntArray = cut?.let { windowStarts(samples.length, it) } ?: intArrayOf(0)

    private fun tensorOf(samples: Samples, start: Int, reuse: TensorValue?): TensorValue {
        val first = if (cut == null) samples else window(samples, start, cut.length)
        val found = each.fold(first) { made, change -> change(made) }
        val sides = sidesOf(found)
        if (tensor != null && sides.toList() != tensor.shape.drop(1)) {
            val message = "the model takes ${tensor.shape.drop(1)}, the signal became ${sides.toList()}"
            throw SatchelException("input/wrong-length", message, hint = "Give as many samples and channels as the model takes.")
        }
        return asTensor(signalValues(found, to), sides, tensor, reuse)
    }

    private fun sidesOf(samples: Samples): IntArray = when (to) {
        Order.NL -> intArrayOf(samples.data.size)
        Order.NCL -> intArrayOf(samples.channels, samples.length)
        else -> intArrayOf(samples.length, samples.channels)
    }
}

/** Gives what a step does to samples; null for one that says only what they are, or how they are given. */
private fun changeOf(step: InputStep): Change? = when (step) {
    is Resample -> Resampler(step)::run
    is Detrend -> { samples -> detrend(samples, step.kind) }
    is Standardize -> standardizing(step)
    is Columns, is Layout, is Window -> null
    else -> error("${step.op} is no step of a signal")
}

private fun standardizing(step: Standardize): Change {
    val mean = step.mean?.toDoubleArray() ?: return ::standardize
    val scale = step.scale!!.toDoubleArray()
    return { samples -> standardize(samples, mean, scale) }
}
