package dev.satchel.readers

import dev.satchel.Detections
import dev.satchel.SatchelException
import dev.satchel.ops.decodeBoxes
import dev.satchel.ops.headSize
import dev.satchel.ops.nms
import dev.satchel.ops.readsOf
import dev.satchel.steps.DecodeBoxes
import dev.satchel.steps.Nms

private const val ORDER = "The order is decode_boxes, nms, uncrop, label."

private object DecodeBoxesOp : ReadOp<DecodeBoxes>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun reads(step: DecodeBoxes): List<String> = readsOf(step)

    override fun after(step: DecodeBoxes, before: Read, known: Map<String, Read>): Read {
        val shapes = namedShapes(readsOf(step), known) ?: return Read(ReadKind.OBJECTS)
        val hint = "Name the outputs that hold boxes and scores, and describe the head that the model has."
        return Read(ReadKind.OBJECTS, count = fitting(hint) { headSize(step, shapes) }.classes)
    }

    override fun run(step: DecodeBoxes, value: Any, context: Context): Any = decodeBoxes(step, context.outputs)
}

private object NmsOp : ReadOp<Nms>() {
    override val takes = setOf(ReadKind.OBJECTS)
    override val hint get() = ORDER

    override fun after(step: Nms, before: Read, known: Map<String, Read>): Read = before

    override fun run(step: Nms, value: Any, context: Context): Any = nms(value as Detections, step)
}

/** Gives the shapes of the outputs that a step reads; null while no artefact is known. */
internal fun namedShapes(names: List<String>, known: Map<String, Read>): Map<String, List<Int>>? =
    names.associateWith { known.getValue(it).shape ?: return null }

/**
 * Gives what [work] gives; what it finds wrong with an output's shape is wrong with the spec.
 *
 * @throws SatchelException spec/shape-mismatch.
 */
internal fun <T> fitting(hint: String, work: () -> T): T = try {
    work()
} catch (error: SatchelException) {
    val name = if (error.where.isEmpty()) "" else "${error.where}: "
    throw SatchelException("spec/shape-mismatch", name + error.detail, hint = hint)
}

internal val BOXES: Map<String, ReadOp<*>> = mapOf("decode_boxes" to DecodeBoxesOp, "nms" to NmsOp)
