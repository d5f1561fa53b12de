package dev.satchel.readers

import dev.satchel.Floats
import dev.satchel.SatchelException
import dev.satchel.families.Trace
import dev.satchel.ops.OTHER_OUTPUT
import dev.satchel.ops.Planes
import dev.satchel.ops.planes
import dev.satchel.steps.Order
import dev.satchel.steps.OutputStep

/**
 * The kinds of value between two reading steps: numbers are a tensor as the model gives it, dequantised, with its batch
 * axis; shares are numbers behind softmax or sigmoid.
 *
 * @property labelled what there is one label for; null where there are no labels.
 */
internal enum class ReadKind(val word: String, val labelled: String?) {
    NUMBERS("numbers", null),
    SHARES("shares", null),
    CLASSES("classes", "scores"),
    OBJECTS("objects", "classes"),
    POINTS("points", "points"),
    MASK("mask", "classes"),
}

/**
 * What there is between two reading steps.
 *
 * @property shape of numbers and shares; null while no artefact is known.
 * @property count how many different labels there are; null where that is not known.
 * @property labelled whether labels have been given.
 * @property uncropped whether places are those of the photo.
 */
internal data class Read(
    val kind: ReadKind,
    val shape: List<Int>? = null,
    val count: Int? = null,
    val labelled: Boolean = false,
    val uncropped: Boolean = false,
)

/**
 * What a reading step may look at beside the value.
 *
 * @property outputs every output that the steps read, dequantised, by the spec's name; shapes with batch axis 1.
 * @property labels the label lists by name.
 * @property traces how each picture was prepared, by the name of the input; empty when nobody kept it.
 */
internal class Context(
    val outputs: Map<String, Floats>,
    val labels: Map<String, List<String>>,
    val traces: Map<String, Trace>,
)

/**
 * How one reading step is checked and carried out.
 *
 * A value is [Floats] (numbers, shares), [dev.satchel.Classes], [dev.satchel.Detections], [dev.satchel.Points] or
 * [dev.satchel.Mask].
 */
internal abstract class ReadOp<S : OutputStep> {
    /** The kinds of value that it can follow. */
    abstract val takes: Set<ReadKind>

    /** What to do when it stands behind something else. */
    open val hint: String get() = "Put the steps into an order in which each takes what the one before it gives."

    /** Gives the names of the outputs that it reads beside its own. */
    open fun reads(step: S): List<String> = emptyList()

    /** Gives the picture that it names; null where it names none. */
    open fun input(step: S): String? = null

    /**
     * Gives what the step gives.
     *
     * @param known what each output of the spec is, by its name.
     * @throws SatchelException its place is added: the step's, with what `where` has behind it, or the output's when that is `$`.
     */
    abstract fun after(step: S, before: Read, known: Map<String, Read>): Read

    /** Carries the step out. */
    abstract fun run(step: S, value: Any, context: Context): Any
}

/**
 * Gives the n of a shape [1, n]; null for null.
 *
 * @throws SatchelException spec/shape-mismatch, for the whole output.
 */
internal fun rowOf(shape: List<Int>?): Int? {
    if (shape == null) return null
    val width = shape.lastOrNull() ?: 0
    if (width == 0 || shape[0] != 1 || shape.dropLast(1).any { it != 1 }) {
        val message = "classes are read from one row of scores [1, n], the output is $shape"
        throw SatchelException("spec/shape-mismatch", message, "$", "Name the output that holds the scores.")
    }
    return width
}

/**
 * Gives how the planes of an output lie; null for null.
 *
 * @throws SatchelException spec/shape-mismatch.
 */
internal fun planesOf(shape: List<Int>?, order: Order): Planes? = shape?.let {
    planes(it, order) ?: throw SatchelException("spec/shape-mismatch", planesMessage(it, order), hint = PLANES_HINT)
}

/**
 * Gives how the planes of numbers lie.
 *
 * @throws SatchelException model/wrong-output.
 */
internal fun planes(numbers: Floats, order: Order): Planes = numbers.shape.toList().let {
    planes(it, order) ?: throw SatchelException("model/wrong-output", planesMessage(it, order), hint = OTHER_OUTPUT)
}

private const val PLANES_HINT = "Name the output that holds a score for each place, and its layout."

private fun planesMessage(shape: List<Int>, order: Order) =
    "expected ${if (order == Order.NHWC) "[1, h, w, c]" else "[1, c, h, w]"}, the output is $shape"

/**
 * Gives the n values of [1, n].
 *
 * @throws SatchelException model/wrong-output.
 */
internal fun row(numbers: Floats): FloatArray {
    val width = numbers.shape.lastOrNull() ?: 0
    if (width == 0 || numbers.shape[0] != 1 || numbers.data.size != width) {
        val message = "expected one row of scores [1, n], found ${numbers.shape.toList()}"
        throw SatchelException("model/wrong-output", message, hint = OTHER_OUTPUT)
    }
    return numbers.data
}
