package dev.satchel.readers

import dev.satchel.Detections
import dev.satchel.Floats
import dev.satchel.Mask
import dev.satchel.Points
import dev.satchel.SatchelException
import dev.satchel.ops.OTHER_OUTPUT
import dev.satchel.ops.denormalize
import dev.satchel.ops.rounded
import dev.satchel.ops.uncropBoxes
import dev.satchel.ops.uncropMask
import dev.satchel.ops.uncropPoints
import dev.satchel.steps.Denormalize
import dev.satchel.steps.Round
import dev.satchel.steps.Uncrop

private const val ORDER = "denormalize and round work on numbers, before they become classes."

private object DenormalizeOp : ReadOp<Denormalize>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun after(step: Denormalize, before: Read, known: Map<String, Read>): Read {
        if (before.shape == null || fits(step, before.shape)) return before
        val columns = columnsOf(before.shape)
        val message = "mean and std have ${step.mean.size} numbers, the output has $columns columns"
        throw SatchelException("spec/channel-count", message, hint = "Give one number, or $columns.")
    }

    override fun run(step: Denormalize, value: Any, context: Context): Any {
        val numbers = value as Floats
        if (fits(step, numbers.shape.toList())) return denormalize(numbers, step.mean, step.std)
        val message = "mean and std have ${step.mean.size} numbers, the output is ${numbers.shape.toList()}"
        throw SatchelException("model/wrong-output", message, hint = OTHER_OUTPUT)
    }

    private fun fits(step: Denormalize, shape: List<Int>) = step.mean.size == 1 || step.mean.size == columnsOf(shape)

    private fun columnsOf(shape: List<Int>) = shape.lastOrNull() ?: 1
}

private object RoundOp : ReadOp<Round>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun after(step: Round, before: Read, known: Map<String, Read>): Read = before

    override fun run(step: Round, value: Any, context: Context): Any = rounded(value as Floats, step.decimals, step.rounding)
}

private object UncropOp : ReadOp<Uncrop>() {
    override val takes = setOf(ReadKind.OBJECTS, ReadKind.POINTS, ReadKind.MASK)
    override val hint get() = "uncrop comes behind decode_boxes and nms, heatmap_keypoints, landmarks or argmax_mask."

    override fun input(step: Uncrop): String = step.input

    override fun after(step: Uncrop, before: Read, known: Map<String, Read>): Read {
        if (before.uncropped) {
            throw SatchelException("spec/impossible-step", "uncrop cannot come after uncrop", hint = "Remove one of them.")
        }
        val mask = before.kind == ReadKind.MASK
        if ((step.units == null) != mask) {
            val message = "uncrop of ${before.kind.word} ${if (mask) "takes no" else "needs"} units and clip"
            throw SatchelException("spec/inconsistent", message, hint = "Places have them, a mask has not.")
        }
        return before.copy(uncropped = true)
    }

    override fun run(step: Uncrop, value: Any, context: Context): Any {
        val trace = context.traces[step.input] ?: throw SatchelException(
            "input/no-trace",
            "uncrop needs to know how '${step.input}' was prepared",
            hint = "Prepare with prepareTraced, and hand its trace to read.",
        )
        if (value is Mask) return uncropMask(value, trace)
        val (units, clip) = step.units!! to step.clip!!
        return if (value is Detections) uncropBoxes(value, trace, units, clip) else uncropPoints(value as Points, trace, units, clip)
    }
}

internal val NUMBERS: Map<String, ReadOp<*>> = mapOf("denormalize" to DenormalizeOp, "round" to RoundOp, "uncrop" to UncropOp)
