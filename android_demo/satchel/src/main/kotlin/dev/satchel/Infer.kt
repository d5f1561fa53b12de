package dev.satchel

import dev.satchel.families.Shape
import dev.satchel.families.familyOf
import dev.satchel.families.stepPath
import dev.satchel.families.traceable
import dev.satchel.readers.Read
import dev.satchel.readers.ReadKind
import dev.satchel.readers.readOp
import dev.satchel.readers.rowOf
import dev.satchel.steps.OutputStep
import dev.satchel.steps.Window

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
    if (spec.inputs.any { it.name == wanted && !traceable(it.steps) }) {
        val message = "${step.op} has no way back through a step of '$wanted' that depends on the picture's values"
        throw SatchelException("spec/impossible-step", message, hint = "Remove it, or crop_content and center_of_mass.")
    }
    if (wanted !in pictures) {
        val message = "${step.op} names the input '$wanted', which is no picture of the spec"
        throw SatchelException("spec/no-input", message, hint = "Name an input whose steps begin with decode or yuv_to_rgb.")
    }
}
