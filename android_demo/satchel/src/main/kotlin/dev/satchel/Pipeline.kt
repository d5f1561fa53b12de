package dev.satchel

import dev.satchel.families.Family
import dev.satchel.families.Plan
import dev.satchel.families.Trace
import dev.satchel.families.familyOf
import dev.satchel.ops.dequantize
import dev.satchel.ops.refuseNan
import dev.satchel.readers.Context
import dev.satchel.readers.ranked
import dev.satchel.readers.readOp
import dev.satchel.readers.row
import dev.satchel.steps.OutputStep

/** Steps that give numbers as they take numbers: those before the first other one make the scores. */
private val NUMBER_OPS = setOf("softmax", "sigmoid", "denormalize", "round")

/**
 * The tensors of one thing, or of one window of it.
 *
 * @property tensors by the names of the spec's inputs, with batch axis 1.
 * @property trace how each picture was prepared, by the name of its input: `read` takes it for uncrop.
 * @property start the first sample of the window; null where the input has no windows.
 */
public class Prepared internal constructor(
    tensors: Map<String, TensorValue> = emptyMap(),
    trace: Map<String, Trace> = emptyMap(),
    public val start: Int? = null,
) {
    private val ownTensors = HashMap(tensors)
    private val ownTrace = HashMap(trace)

    public val tensors: Map<String, TensorValue> get() = ownTensors

    public val trace: Map<String, Trace> get() = ownTrace

    internal fun put(input: String, tensor: TensorValue, trace: Trace?) {
        ownTensors[input] = tensor
        if (trace != null) ownTrace[input] = trace
    }
}

/** The output tensors of one window: its first sample, and raw tensors as [Pipeline.read] takes them. */
public class WindowOutputs(public val start: Int?, public val outputs: Map<String, TensorValue>)

/**
 * The preparation and the reading of one spec for one artefact. It keeps memory between its uses: one thread at a time.
 *
 * @param spec what to do.
 * @param labels the lists of labels, by the names that spec.labels has.
 * @param artefact `<variant>/tflite` or `<variant>/tfjs`: tensors become what this artefact takes; null: float32.
 * @throws SatchelException the steps do not fit together, or the spec has no tensor for the artefact.
 */
public class Pipeline(
    spec: Spec,
    private val labels: Map<String, List<String>>,
    artefact: String? = null,
) {
    private class Planned(val input: Input, val family: Family, val plan: Plan)

    init {
        if (artefact != null) checkAgainstTensors(spec, artefact, labels)
    }

    private val inputs: List<Planned> = checkSteps(spec).mapIndexed { place, shapes ->
        val input = spec.inputs[place]
        val where = "$.inputs[$place]"
        val family = familyOf(input, where)
        Planned(input, family, family.plan(input, shapes, artefact?.let { tensorOf(input.name, input.tensor, it, where) }))
    }
    private val output: Output = answerOutput(spec)
    private val ranks: Boolean = ranks(spec)
    private val tensors: Map<String, Tensor?> = run {
        val wanted = output.steps.flatMap { readOp(it).reads(it) } + output.name
        spec.outputs.withIndex().filter { it.value.name in wanted }.associate { (place, each) ->
            each.name to artefact?.let { tensorOf(each.name, each.tensor, it, "$.outputs[$place]") }
        }
    }
    private val scoring: List<OutputStep> = output.steps.takeWhile { it.op in NUMBER_OPS }
    private val ranking: List<OutputStep> = output.steps.drop(scoring.size)

    /** The kind of each input by its name: photo, frame, row or signal. */
    public val kinds: Map<String, String> = inputs.associate { it.input.name to it.family.kind }

    private val alike = kinds.values.toSet().size == 1

    /**
     * Gives the input tensors of a thing, by the names of the spec's inputs: float32, or the dtype of the artefact's tensor.
     *
     * @throws SatchelException it cannot be used, or has several windows (input/several-windows).
     */
    public fun prepare(thing: Thing): Map<String, TensorValue> = prepareTraced(thing).tensors

    /**
     * Gives what [prepare] gives, and with it how pictures were prepared.
     *
     * @param reuse an earlier result of this pipeline that nobody needs any more: it is filled anew, and given.
     */
    public fun prepareTraced(thing: Thing, reuse: Prepared? = null): Prepared {
        needEach(thing)
        val found = reuse ?: Prepared()
        for (place in inputs.indices) {
            val planned = inputs[place]
            val loaded = load(thing, planned)
            val tensor = planned.plan.prepare(loaded, found.tensors[planned.input.name])
            found.put(planned.input.name, tensor, planned.plan.trace(loaded))
        }
        return found
    }

    /** Gives the tensors of every window of a signal, in their order; of anything else, of the one thing it is. */
    public fun windows(thing: Thing): List<Prepared> {
        needEach(thing)
        val loaded = inputs.map { load(thing, it) }
        val cuts = inputs.indices.map { inputs[it].plan.windows(loaded[it]) }
        val sliding = cuts.indexOfFirst { it != null }
        if (sliding < 0) return listOf(prepareTraced(thing))
        val others = inputs.indices.filter { it != sliding }.associate { inputs[it].input.name to inputs[it].plan.prepare(loaded[it]) }
        val trace = traces(loaded)
        return cuts[sliding].orEmpty().map { Prepared(others + (inputs[sliding].input.name to it.tensor), trace, it.start) }
    }

    /**
     * Gives the answer of a model's output tensors.
     *
     * @param outputs raw tensors by the name of the spec's output, or of the artefact's tensor.
     * @param trace of [Prepared]: how the picture was prepared; uncrop needs it.
     * @throws SatchelException model/missing-output, model/wrong-output or model/nan-output.
     */
    public fun read(outputs: Map<String, TensorValue>, trace: Map<String, Trace> = emptyMap()): Answer =
        readWindows(listOf(WindowOutputs(null, outputs)), trace)

    /**
     * Gives the answer of the outputs of several windows: that of their mean, and each window's own.
     *
     * The mean is of the numbers before they become classes: summed in the order of the windows in binary32, then
     * divided by their count.
     */
    public fun readWindows(windows: List<WindowOutputs>, trace: Map<String, Trace> = emptyMap()): Answer {
        val contexts = windows.map { context(it.outputs, trace) }
        val numbers = contexts.map { run(scoring, it.outputs.getValue(output.name), it) as Floats }
        val answer = answer(placed { mean(numbers) }, contexts.first())
        if (windows.size == 1) return answer
        return answer.with(windows.indices.map { Answer.Window(windows[it].start ?: 0, answer(numbers[it], contexts[it])) })
    }

    /**
     * Gives the score of every class: what the steps make of the output before they rank it.
     *
     * @throws SatchelException as [read].
     */
    public fun scores(outputs: Map<String, TensorValue>): FloatArray {
        val context = context(outputs, emptyMap())
        val value = run(scoring, context.outputs.getValue(output.name), context) as Floats
        return placed { row(value) }
    }

    private fun load(thing: Thing, planned: Planned): Thing =
        planned.family.load(if (thing is Things) thing.byInput.getValue(planned.input.name) else thing, planned.input)

    /** Refuses what is not one thing for all inputs, nor one for each of them. */
    private fun needEach(thing: Thing) {
        if (thing is Things && thing.byInput.keys == kinds.keys) return
        if (thing !is Things && alike) return
        val found = (thing as? Things)?.byInput?.keys?.joinToString() ?: "one thing"
        throw SatchelException(
            "input/wrong-type",
            "expected ${kinds.entries.joinToString { "${it.key} (a ${it.value})" }}, found $found",
            hint = "Give Things: one thing for each input, by its name.",
        )
    }

    private fun traces(loaded: List<Thing>): Map<String, Trace> {
        val found = LinkedHashMap<String, Trace>()
        inputs.forEachIndexed { place, planned -> planned.plan.trace(loaded[place])?.let { found[planned.input.name] = it } }
        return found
    }

    private fun answer(numbers: Floats, context: Context): Answer {
        val value = run(ranking, numbers, context)
        if (value !is Floats) return answerOf(value)
        refuseNan(value.data, output.name)
        return answerOf(if (ranks) placed { ranked(value) } else value)
    }

    private fun context(outputs: Map<String, TensorValue>, trace: Map<String, Trace>): Context =
        Context(tensors.mapValues { (name, tensor) -> numbersOf(outputs, name, tensor) }, labels, trace)

    private fun run(steps: List<OutputStep>, value: Any, context: Context): Any =
        placed { steps.fold(value) { found, step -> readOp(step).run(step, found, context) } }

    /** Gives an error without a place that of the output. */
    private fun <T> placed(work: () -> T): T = try {
        work()
    } catch (error: SatchelException) {
        throw if (error.where.isEmpty()) error.at(output.name) else error
    }
}

private fun mean(numbers: List<Floats>): Floats {
    if (numbers.size == 1) return numbers.first()
    if (numbers.any { !it.shape.contentEquals(numbers.first().shape) }) {
        throw SatchelException("model/wrong-output", "the windows' numbers have different shapes")
    }
    val total = numbers.first().data.copyOf()
    for (each in numbers.drop(1)) for (place in total.indices) total[place] += each.data[place]
    for (place in total.indices) total[place] /= numbers.size.toFloat()
    return Floats(total, numbers.first().shape)
}

private fun numbersOf(outputs: Map<String, TensorValue>, name: String, tensor: Tensor?): Floats {
    val found = outputs[name] ?: outputs[tensor?.name ?: name] ?: throw SatchelException(
        "model/missing-output",
        "the model gave no output '$name'; it gave ${printable(outputs.keys.sorted().joinToString()).ifEmpty { "none" }}",
        hint = "Name the spec's output as the model does.",
    )
    if (tensor == null) return dequantize(found, null, null)
    val size = tensor.shape.fold(1L) { values, side -> values * side }
    if (found.size.toLong() != size || found.dtype != tensor.dtype) {
        val message = "expected ${tensor.dtype.word} ${tensor.shape}, found ${found.dtype.word} ${found.shape.toList()}"
        throw SatchelException("model/wrong-output", message, name, "Run the model that the spec describes.")
    }
    val numbers = dequantize(found, tensor.scale, tensor.zeroPoint)
    return Floats(numbers.data, tensor.shape.toIntArray())
}
