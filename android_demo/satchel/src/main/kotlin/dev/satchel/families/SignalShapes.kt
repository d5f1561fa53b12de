package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.SatchelException
import dev.satchel.ops.Resampler
import dev.satchel.shown
import dev.satchel.steps.ColumnKind
import dev.satchel.steps.Columns
import dev.satchel.steps.Detrend
import dev.satchel.steps.InputStep
import dev.satchel.steps.Layout
import dev.satchel.steps.Order
import dev.satchel.steps.Resample
import dev.satchel.steps.Standardize
import dev.satchel.steps.Window

private val ORDERS = setOf(Order.NLC, Order.NCL, Order.NL)

/**
 * What a signal is between two steps.
 *
 * @property length samples; null while they depend on the signal.
 * @property channels null while no step says how many.
 * @property rate samples a second; null while no step says.
 * @property to the order of the axes; null until a layout step gives it, and then NLC.
 * @property windowed whether a window step has cut it.
 * @property begun whether a step stands before.
 */
internal data class SignalShape(
    val length: Int? = null,
    val channels: Int? = null,
    val rate: Double? = null,
    val to: Order? = null,
    val windowed: Boolean = false,
    val begun: Boolean = false,
) : Shape {
    override val shape: List<Int?>
        get() = when (to) {
            Order.NL -> listOf(length)
            Order.NCL -> listOf(channels, length)
            else -> listOf(length, channels)
        }

    override val dtype: Dtype get() = Dtype.FLOAT32

    override val layout: Order? get() = to

    override fun bound(sides: List<Int>): Shape =
        if (channels != null || sides.size != 2) this else copy(channels = if (to == Order.NCL) sides[0] else sides[1])
}

/** Says whether steps that begin with columns make a signal of them, and not a row. */
internal fun isSignal(steps: List<InputStep>): Boolean = steps.any {
    it is Resample || it is Detrend || it is Window || (it is Standardize && it.columns == null) || (it is Layout && it.to in ORDERS)
}

/**
 * Gives what each step of a signal gives; [where] is the JSON path of the input.
 *
 * @throws SatchelException spec/impossible-step, spec/channel-count, spec/column-kind or spec/inconsistent, with its path.
 */
internal fun signalShapes(steps: List<InputStep>, where: String): List<SignalShape> =
    checkedSteps(steps, SignalShape(), where, first = 0) { step, before -> after(step, before).copy(begun = true) }

private fun after(step: InputStep, before: SignalShape): SignalShape {
    if (before.to !=
        null
    ) {
        throw impossible("${step.op} cannot come behind layout, which ends the steps of a signal", "Move layout to the end.")
    }
    return when (step) {
        is Columns -> afterColumns(step, before)
        is Resample -> afterResample(step, before)
        is Window -> afterWindow(step, before)
        is Standardize -> afterStandardize(step, before)
        is Layout -> afterLayout(step, before)
        is Detrend -> before
        else -> throw impossible(
            "${step.op} is no step of a signal",
            "A signal's steps are columns, resample, detrend, window, standardize and layout.",
        )
    }
}

private fun afterColumns(step: Columns, before: SignalShape): SignalShape {
    if (before.begun) throw impossible("columns can only be the first step", "Move it to the front.")
    val text = step.columns.find { it.kind != ColumnKind.NUMBER } ?: return SignalShape(channels = step.columns.size)
    val message = "a signal takes columns of kind number, ${shown(text.name)} is of kind category"
    throw SatchelException("spec/column-kind", message, hint = "Leave the column out, or make it a number.")
}

private fun afterResample(step: Resample, before: SignalShape): SignalShape {
    if (before.rate != null && before.rate != step.fromRate) {
        val message = "resample takes ${step.fromRate} samples a second, the step before gives ${before.rate}"
        throw SatchelException("spec/inconsistent", message, hint = "Change from_rate, or remove one resample.")
    }
    val length = before.length?.let { Resampler(step).count(it).coerceAtMost(Int.MAX_VALUE.toLong()).toInt() }
    return before.copy(length = length, rate = step.toRate)
}

private fun afterWindow(step: Window, before: SignalShape): SignalShape {
    if (before.windowed) throw impossible("the signal is cut into windows already", "Remove one window.")
    return before.copy(length = step.length, windowed = true)
}

private fun afterStandardize(step: Standardize, before: SignalShape): SignalShape {
    if (step.columns != null) {
        val message = "standardize names columns, which only a row has behind its columns step"
        throw impossible(message, "Leave columns out: mean and scale go by channel.")
    }
    var channels = before.channels
    for ((what, values) in listOf("mean" to step.mean, "scale" to step.scale)) {
        val count = values.orEmpty().size
        if (count <= 1) continue
        if (channels != null && channels != count) {
            val message = "$what has $count numbers, the signal has $channels channels"
            throw SatchelException("spec/channel-count", message, hint = "Give one number, or $channels.")
        }
        channels = count
    }
    return before.copy(channels = channels)
}

private fun afterLayout(step: Layout, before: SignalShape): SignalShape {
    if (step.to !in ORDERS) {
        throw impossible("layout to ${step.to.word} is for pictures, found a signal", "Use one of ${ORDERS.joinToString { it.word }}.")
    }
    if (step.to != Order.NL) return before.copy(to = step.to)
    if (before.channels != null && before.channels != 1) {
        throw impossible("layout to NL takes one channel, the signal has ${before.channels}", "Use NLC or NCL.")
    }
    return before.copy(to = Order.NL, channels = 1)
}

private fun impossible(message: String, hint: String) = SatchelException("spec/impossible-step", message, hint = hint)
