package dev.satchel.readers

import dev.satchel.Floats
import dev.satchel.Mask
import dev.satchel.SatchelException
import dev.satchel.families.Trace
import dev.satchel.ops.Shown
import dev.satchel.ops.argmaxMask
import dev.satchel.ops.resizeMask
import dev.satchel.ops.resizeScores
import dev.satchel.ops.shown
import dev.satchel.ops.thresholdFits
import dev.satchel.steps.ArgmaxMask
import dev.satchel.steps.Order
import dev.satchel.steps.ResizeMask
import dev.satchel.steps.ResizeMethod

private const val ORDER = "The order is softmax or sigmoid, resize_mask, argmax_mask, resize_mask or uncrop, label."
private val SCORED = setOf(ReadKind.NUMBERS, ReadKind.SHARES)

private object ArgmaxMaskOp : ReadOp<ArgmaxMask>() {
    override val takes = SCORED
    override val hint get() = ORDER

    override fun after(step: ArgmaxMask, before: Read, known: Map<String, Read>): Read {
        val count = planesOf(before.shape, step.layout)?.classes ?: return Read(ReadKind.MASK)
        if (!thresholdFits(count, step.threshold)) {
            val message = "$count scores at each place; 'threshold' goes with one, and may go with two"
            val hint = "Give a threshold to a mask of one channel, and to none of more than two."
            throw SatchelException("spec/channel-count", message, hint = hint)
        }
        return Read(ReadKind.MASK, count = maxOf(count, 2))
    }

    override fun run(step: ArgmaxMask, value: Any, context: Context): Any =
        (value as Floats).let { argmaxMask(it.data, planes(it, step.layout), step.threshold) }
}

private object ResizeMaskOp : ReadOp<ResizeMask>() {
    override val takes = SCORED + ReadKind.MASK
    override val hint get() = ORDER

    override fun input(step: ResizeMask): String? = step.input

    override fun after(step: ResizeMask, before: Read, known: Map<String, Read>): Read {
        if (before.kind == ReadKind.MASK) return before.also { needClasses(step) }
        if (step.layout == null) {
            val hint = "Add 'layout', or move it behind argmax_mask."
            throw SatchelException("spec/impossible-step", "resize_mask of scores needs 'layout'", hint = hint)
        }
        val count = planesOf(before.shape, step.layout)?.classes ?: return before
        if (step.width == null || step.height == null) return before.copy(shape = null)
        val shape = if (step.layout == Order.NHWC) listOf(1, step.height, step.width, count) else listOf(1, count, step.height, step.width)
        return before.copy(shape = shape)
    }

    private fun needClasses(step: ResizeMask) {
        if (step.layout == null && step.method == ResizeMethod.TF_NEAREST) return
        val message = "a mask of classes takes the method tf.nearest and no layout, found ${step.method.word}"
        throw SatchelException("spec/impossible-step", message, hint = "Move resize_mask before argmax_mask.")
    }

    override fun run(step: ResizeMask, value: Any, context: Context): Any {
        if (value is Mask) {
            val (x, y) = sides(step, context, value.width, value.height)
            return resizeMask(value, x, y)
        }
        val numbers = value as Floats
        val order = step.layout!!
        val lie = planes(numbers, order)
        val (x, y) = sides(step, context, lie.width, lie.height)
        return resizeScores(numbers.data, lie, order, step.method, x, y)
    }

    private fun sides(step: ResizeMask, context: Context, columns: Int, rows: Int): Pair<Shown, Shown> {
        if (step.width != null && step.height != null) return shown(step.width, columns) to shown(step.height, rows)
        val trace = traceOf(step, context)
        return shown(trace.x, columns) to shown(trace.y, rows)
    }

    private fun traceOf(step: ResizeMask, context: Context): Trace = context.traces[step.input] ?: throw SatchelException(
        "input/no-trace",
        "the mask is wanted as large as the photo of '${step.input}', of which nothing is known",
        hint = "Give the trace of prepareTraced to read.",
    )
}

internal val MASKS: Map<String, ReadOp<*>> = mapOf("argmax_mask" to ArgmaxMaskOp, "resize_mask" to ResizeMaskOp)
