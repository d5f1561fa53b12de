package dev.satchel

import dev.satchel.families.Shape
import dev.satchel.families.familyOf
import dev.satchel.families.stepPath
import dev.satchel.readers.Read
import dev.satchel.readers.ReadKind
import dev.satchel.readers.readOp
import dev.satchel.readers.rowOf
import dev.satchel.steps.Label
import dev.satchel.steps.OutputStep
import dev.satchel.steps.Window

private val INTEGERS = setOf(Dtype.UINT8, Dtype.INT16, Dtype.INT32, Dtype.INT64)
private val QUANTISED = setOf(Dtype.INT8, Dtype.UINT8, Dtype.INT16)

/**
 * Gives, for each input, what each of its steps gives.
 *
 * @throws SatchelException spec/impossible-step, spec/no-answer, or what the family of an input refuses; it names the
 *   step by its JSON path and says what to change.
 */
internal fun checkSteps(spec: Spec): List<List<Shape>> {
    val shapes = spec.inputs.mapIndexed { place, each ->
        familyOf(each, "$.inputs[$place]").check(each.steps, "$.inputs[$place]")
    }
    val unknown = spec.outputs.associate { it.name to Read(ReadKind.NUMBERS) }
    spec.outputs.forEachIndexed { place, output -> readShapes(spec, output, unknown, "$.outputs[$place]") }
    refuseWindowsOfPlaces(spec, unknown)
    return shapes
}

/** Objects, points and masks of several windows have no mean. */
private fun refuseWindowsOfPlaces(spec: Spec, unknown: Map<String, Read>) {
    val output = answerOutput(spec)
    val last = readShapes(spec, output, unknown, "$.outputs[${spec.outputs.indexOf(output)}]").last().kind
    if (last != ReadKind.OBJECTS && last != ReadKind.POINTS && last != ReadKind.MASK) return
    spec.inputs.forEachIndexed { place, input ->
        val window = input.steps.indexOfFirst { it is Window }
        if (window < 0) return@forEachIndexed
        throw SatchelException(
            "spec/impossible-step",
            "the answer of several windows is that of their mean, and ${last.word} have none",
            stepPath("$.inputs[$place]", window),
            "Leave the window out.",
        )
    }
}

/**
 * Gives the output that the answer is read from: the only one with steps, or the only one.
 *
 * @throws SatchelException spec/no-answer.
 */
internal fun answerOutput(spec: Spec): Output {
    val read = spec.outputs.filter { it.steps.isNotEmpty() }.ifEmpty { spec.outputs }
    return read.singleOrNull() ?: throw SatchelException(
        "spec/no-answer",
        "one output makes the answer, found ${read.joinToString { it.name }}",
        "$.outputs",
        "Give steps to one output only.",
    )
}

/**
 * Holds prepared values against the artefact's input tensors, and reading steps and labels against its outputs.
 *
 * @param artefact `<variant>/tflite` or `<variant>/tfjs`.
 * @param labels the labels, by the names that spec.labels has.
 * @throws SatchelException spec/shape-mismatch, spec/dtype-mismatch, spec/label-count, spec/no-labels or spec/no-tensor;
 *   or what [checkSteps] throws.
 */
internal fun checkAgainstTensors(spec: Spec, artefact: String, labels: Map<String, List<String>>) {
    checkSteps(spec).forEachIndexed { place, shapes ->
        val where = "$.inputs[$place]"
        val tensor = tensorOf(spec.inputs[place].name, spec.inputs[place].tensor, artefact, where)
        checkShape(shapes.last(), tensor, where)
        checkDtype(shapes.last(), tensor, where)
    }
    val output = answerOutput(spec)
    val where = "$.outputs[${spec.outputs.indexOf(output)}]"
    val known = spec.outputs.withIndex().associate { (place, each) ->
        each.name to Read(ReadKind.NUMBERS, tensorOf(each.name, each.tensor, artefact, "$.outputs[$place]").shape)
    }
    checkLabels(output, readShapes(spec, output, known, where), labels, where)
}

/**
 * Gives the tensor of an input or output in one artefact.
 *
 * @throws SatchelException spec/no-tensor.
 */
internal fun tensorOf(name: String, tensors: Map<String, Tensor>, artefact: String, where: String): Tensor =
    tensors[artefact] ?: throw SatchelException(
        "spec/no-tensor",
        "'$name' has no tensor for '$artefact'",
        "$where.tensor",
        "It has one for: ${tensors.keys.sorted().joinToString().ifEmpty { "no artefact" }}.",
    )

/** Says whether numbers that no step makes anything else of are the scores of classes. */
internal fun ranks(spec: Spec): Boolean = spec.task.word.endsWith("_classification")

/**
 * Gives what an output is, and then what each of its steps gives.
 *
 * @param known what each output of the spec is, by its name.
 * @param where the JSON path of the output.
 * @throws SatchelException spec/impossible-step, spec/no-output, spec/no-input, or what the step's own rule refuses.
 */
internal fun readShapes(spec: Spec, output: Output, known: Map<String, Read>, where: String): List<Read> {
    val reads = mutableListOf(known.getValue(output.name))
    output.steps.forEachIndexed { place, step ->
        try {
            namesResolve(spec, step)
            reads.add(after(output, place, reads.last(), known))
        } catch (error: SatchelException) {
            throw error.at(if (error.where == "$") where else stepPath(where, place) + error.where)
        }
    }
    if (ranks(spec) && reads.last().kind in setOf(ReadKind.NUMBERS, ReadKind.SHARES) && output === answerOutput(spec)) {
        try {
            rowOf(reads.last().shape)
        } catch (error: SatchelException) {
            throw error.at(where)
        }
    }
    return reads
}

private fun after(output: Output, place: Int, before: Read, known: Map<String, Read>): Read {
    val step = output.steps[place]
    val rule = readOp(step)
    if (before.kind !in rule.takes) {
        val earlier = if (place > 0) output.steps[place - 1].op else "a model's output"
        throw SatchelException("spec/impossible-step", "${step.op} cannot come after $earlier", hint = rule.hint)
    }
    return rule.after(step, before, known)
}

/** Refuses a step that names an output or an input that the spec does not have. */
private fun namesResolve(spec: Spec, step: OutputStep) {
    val outputs = spec.outputs.map { it.name }
    readOp(step).reads(step).find { it !in outputs }?.let {
        val message = "${step.op} reads the output '$it', which the spec does not have"
        throw SatchelException("spec/no-output", message, hint = "It has: ${outputs.joinToString()}.")
    }
    val wanted = readOp(step).input(step) ?: return
    val pictures = spec.inputs.filter { familyOf(it).kind in setOf("photo", "frame") }.map { it.name }
    if (wanted !in pictures) {
        val message = "${step.op} names the input '$wanted', which is no picture of the spec"
        throw SatchelException("spec/no-input", message, hint = "Name an input whose steps begin with decode or yuv_to_rgb.")
    }
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

private fun checkShape(last: Shape, tensor: Tensor, where: String) {
    val sides = tensor.shape.drop(1)
    val found = last.bound(sides).shape
    if (null in found) {
        val message = "the steps leave a size that depends on the input, the model takes ${tensor.shape}"
        throw SatchelException("spec/shape-mismatch", message, "$where.steps", "Add a crop, a resize to a size, or a window.")
    }
    val sameOrder = last.layout == null || tensor.layout == null || tensor.layout == last.layout
    if (tensor.shape.firstOrNull() == 1 && found == sides && sameOrder) return
    val order = last.layout?.let { " (${it.word})" }.orEmpty()
    val message = "the steps prepare ${listOf(1) + found}$order, the model takes ${tensor.shape}"
    val hint = "Change the steps that decide the size, or the layout step, so that the shapes are equal."
    throw SatchelException("spec/shape-mismatch", message, "$where.steps", hint)
}

private fun checkDtype(last: Shape, tensor: Tensor, where: String) {
    val quantised = tensor.scale != null && tensor.dtype in QUANTISED
    val raw = tensor.scale == null && tensor.dtype in INTEGERS && last.dtype == Dtype.UINT8
    if (tensor.dtype == Dtype.FLOAT32 || quantised || raw) return
    val message = "the steps prepare ${last.dtype.word} values, the model takes ${tensor.dtype.word} without a scale"
    val hint = "Leave out the steps that make float32 values, or pack a model whose input tensor has a scale."
    throw SatchelException("spec/dtype-mismatch", message, "$where.steps", hint)
}
