package dev.satchel

import dev.satchel.families.Shape
import dev.satchel.families.stepPath
import dev.satchel.ops.limits
import dev.satchel.readers.Read
import dev.satchel.readers.ReadKind
import dev.satchel.steps.Label

/** The largest tensor: more is no input or output of a model, and would take the reader's memory. */
private const val MAX_VALUES = 1L shl 27

/** The integers that take the bytes of a picture as they are. */
private val FILLED = setOf(Dtype.UINT8, Dtype.INT16, Dtype.INT32, Dtype.INT64)
private val QUANTISED_INPUTS = setOf(Dtype.INT8, Dtype.UINT8, Dtype.INT16)
private val QUANTISED_OUTPUTS = QUANTISED_INPUTS + Dtype.INT32

/**
 * Holds prepared values against the artefact's input tensors, and reading steps and labels against its outputs.
 *
 * The inputs come first, in their order: each one's shape, then its dtype. Then come the tensors of all outputs, the steps
 * of the one that makes the answer, and the labels.
 *
 * @param artefact `<variant>/tflite` or `<variant>/tfjs`.
 * @param labels the labels, by the names that spec.labels has.
 * @throws SatchelException spec/shape-mismatch, spec/dtype-mismatch, spec/out-of-range, spec/channel-count,
 *   spec/label-count, spec/no-labels or spec/no-tensor; or what [checkSteps] throws.
 */
internal fun checkAgainstTensors(spec: Spec, artefact: String, labels: Map<String, List<String>>) {
    checkSteps(spec).forEachIndexed { place, shapes ->
        val where = "$.inputs[$place]"
        val tensor = tensorOf(spec.inputs[place].name, spec.inputs[place].tensor, artefact, where)
        checkSize(tensor, where)
        checkShape(shapes.last(), tensor, where)
        checkDtype(shapes.last(), tensor, where)
        checkScale(tensor, QUANTISED_INPUTS, where)
    }
    val known = LinkedHashMap<String, Read>()
    spec.outputs.forEachIndexed { place, output ->
        val where = "$.outputs[$place]"
        val tensor = tensorOf(output.name, output.tensor, artefact, where)
        checkSize(tensor, where)
        checkScale(tensor, QUANTISED_OUTPUTS, where)
        known[output.name] = Read(ReadKind.NUMBERS, tensor.shape)
    }
    val output = answerOutput(spec)
    val where = "$.outputs[${spec.outputs.indexOf(output)}]"
    checkLabels(output, readShapes(spec, output, known, where), labels, where)
}

private fun checkSize(tensor: Tensor, where: String) {
    var values = 1L
    for (side in tensor.shape) {
        values *= side
        if (values <= MAX_VALUES) continue
        val message = "a tensor of ${tensor.shape}, expected at most $MAX_VALUES values"
        throw SatchelException("spec/out-of-range", message, "$where.tensor", "Pack a smaller model.")
    }
}

private fun checkShape(last: Shape, tensor: Tensor, where: String) {
    val found = last.bound(tensor.shape.drop(1)).shape
    if (null in found) {
        val message = "the steps leave a size that depends on the input, the model takes ${tensor.shape}"
        throw SatchelException("spec/shape-mismatch", message, "$where.steps", "Add a crop, a resize to a size, or a window.")
    }
    val sameOrder = last.layout == null || tensor.layout == null || tensor.layout == last.layout
    if (tensor.shape == listOf(1) + found && sameOrder) return
    val order = last.layout?.let { " (${it.word})" }.orEmpty()
    val message = "the steps prepare ${listOf(1) + found}$order, the model takes ${tensor.shape}"
    val hint = "Change the steps that decide the size, or the layout step, so that the shapes are equal."
    throw SatchelException("spec/shape-mismatch", message, "$where.steps", hint)
}

private fun checkDtype(last: Shape, tensor: Tensor, where: String) {
    val quantised = tensor.scale != null && tensor.dtype in QUANTISED_INPUTS
    val raw = tensor.scale == null && tensor.dtype in FILLED && last.dtype == Dtype.UINT8
    if (tensor.dtype == Dtype.FLOAT32 || quantised || raw) return
    val scaled = if (tensor.scale == null) "without a scale" else "with a scale"
    val message = "the steps prepare ${last.dtype.word} values, the model takes ${tensor.dtype.word} $scaled"
    val hint = "Leave out the steps that make float32 values, or pack a model whose input tensor has a scale."
    throw SatchelException("spec/dtype-mismatch", message, "$where.steps", hint)
}

/** Refuses a scale that the dtype cannot have, or that is infinite or 0 in the binary32 in which it is used. */
private fun checkScale(tensor: Tensor, quantised: Set<Dtype>, where: String) {
    if (tensor.scale == null || tensor.zeroPoint == null) return
    if (tensor.dtype !in quantised) {
        val message = "a tensor of ${tensor.dtype.word} has a scale, expected one of ${quantised.joinToString { it.word }}"
        throw SatchelException("spec/dtype-mismatch", message, "$where.tensor", "Leave scale and zero_point out.")
    }
    val scale = tensor.scale.toFloat()
    val ends = limits(tensor.dtype)
    if (scale > 0 && !scale.isInfinite() && tensor.zeroPoint in ends.first..ends.last) return
    val message = "scale ${tensor.scale} and zero_point ${tensor.zeroPoint} of ${tensor.dtype.word}"
    val hint = "The scale is a binary32 above 0, zero_point from ${ends.first} to ${ends.last}."
    throw SatchelException("spec/out-of-range", message, "$where.tensor", hint)
}

private fun checkLabels(output: Output, reads: List<Read>, labels: Map<String, List<String>>, where: String) {
    output.steps.forEachIndexed { place, step ->
        if (step !is Label) return@forEachIndexed
        val path = "${stepPath(where, place)}.labels"
        val read = reads[place + 1]
        val count = labels[step.labels]?.size
            ?: throw SatchelException("spec/no-labels", "the list '${step.labels}' is not there", path)
        if (read.count == null || count == read.count) return@forEachIndexed
        val what = read.kind.labelled
        val message = "the list '${step.labels}' has $count labels, the output has ${read.count} $what"
        val hint = if (read.count == 1) {
            "One number is the share of one class: give that class's label alone, and a threshold of 0.5."
        } else {
            "Give one label a line, in the order of the $what; a background class counts too."
        }
        throw SatchelException("spec/label-count", message, path, hint)
    }
}
