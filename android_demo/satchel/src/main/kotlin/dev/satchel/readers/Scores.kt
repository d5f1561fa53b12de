package dev.satchel.readers

import dev.satchel.Classes
import dev.satchel.Detections
import dev.satchel.Floats
import dev.satchel.Mask
import dev.satchel.Points
import dev.satchel.SatchelException
import dev.satchel.ops.label
import dev.satchel.ops.named
import dev.satchel.ops.picked
import dev.satchel.ops.sigmoid
import dev.satchel.ops.softmax
import dev.satchel.ops.threshold
import dev.satchel.ops.topK
import dev.satchel.steps.Label
import dev.satchel.steps.Sigmoid
import dev.satchel.steps.Softmax
import dev.satchel.steps.Threshold
import dev.satchel.steps.TopK

private const val ORDER = "The order is softmax or sigmoid, top_k, threshold, label; only threshold may stand twice."
private val SCORED = setOf(ReadKind.NUMBERS, ReadKind.SHARES)

private object SoftmaxOp : ReadOp<Softmax>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun after(step: Softmax, before: Read, known: Map<String, Read>): Read {
        if (step.layout == null) rowOf(before.shape) else planesOf(before.shape, step.layout)
        return before.copy(kind = ReadKind.SHARES)
    }

    override fun run(step: Softmax, value: Any, context: Context): Any {
        val numbers = value as Floats
        if (step.layout == null) return Floats(softmax(row(numbers)), numbers.shape)
        return Floats(softmax(numbers.data, planes(numbers, step.layout)), numbers.shape)
    }
}

private object SigmoidOp : ReadOp<Sigmoid>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun after(step: Sigmoid, before: Read, known: Map<String, Read>): Read = before.copy(kind = ReadKind.SHARES)

    override fun run(step: Sigmoid, value: Any, context: Context): Any = (value as Floats).let { Floats(sigmoid(it.data), it.shape) }
}

private object TopKOp : ReadOp<TopK>() {
    override val takes = SCORED
    override val hint get() = ORDER

    override fun after(step: TopK, before: Read, known: Map<String, Read>): Read = rankedRead(before)

    override fun run(step: TopK, value: Any, context: Context): Any = Classes(topK(row(value as Floats), step.k))
}

private object ThresholdOp : ReadOp<Threshold>() {
    override val takes = SCORED + ReadKind.CLASSES + ReadKind.OBJECTS
    override val hint get() = ORDER

    override fun after(step: Threshold, before: Read, known: Map<String, Read>): Read =
        if (before.kind in SCORED) rankedRead(before) else before

    override fun run(step: Threshold, value: Any, context: Context): Any =
        if (value is Detections) objectsFrom(value, step.score) else Classes(threshold(ranked(value).ranking, step.score))
}

private object LabelOp : ReadOp<Label>() {
    override val takes = ReadKind.entries.toSet()
    override val hint get() = ORDER

    override fun after(step: Label, before: Read, known: Map<String, Read>): Read {
        if (before.labelled) throw SatchelException("spec/impossible-step", "label cannot come after label", hint = ORDER)
        return (if (before.kind in SCORED) rankedRead(before) else before).copy(labelled = true)
    }

    override fun run(step: Label, value: Any, context: Context): Any {
        val labels = context.labels[step.labels]
            ?: throw SatchelException("spec/no-labels", "the list '${step.labels}' is not there", hint = "Give it to the Pipeline.")
        return when (value) {
            is Detections -> Detections(value.boxes, value.scores, value.classes, value.classes.map { named(labels, it) })
            is Points -> Points(value.xy, value.scores, List(value.xy.size / 2) { named(labels, it) })
            is Mask -> value.labelled(labels)
            else -> Classes(label(ranked(value).ranking, labels))
        }
    }
}

private fun rankedRead(before: Read) = Read(ReadKind.CLASSES, count = rowOf(before.shape))

/** Gives all classes of numbers, best first; classes as they are. */
internal fun ranked(value: Any): Classes = value as? Classes ?: Classes((value as Floats).let { topK(row(it), it.data.size) })

/** Gives the objects with at least [score]. */
private fun objectsFrom(found: Detections, score: Double): Detections =
    picked(found, found.scores.indices.filter { found.scores[it] >= score.toFloat() }.toIntArray())

internal val SCORES: Map<String, ReadOp<*>> = mapOf(
    "softmax" to SoftmaxOp,
    "sigmoid" to SigmoidOp,
    "top_k" to TopKOp,
    "threshold" to ThresholdOp,
    "label" to LabelOp,
)
