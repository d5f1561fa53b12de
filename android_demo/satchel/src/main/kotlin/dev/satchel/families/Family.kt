package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.Input
import dev.satchel.SatchelException
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.Thing
import dev.satchel.steps.InputStep
import dev.satchel.steps.Order

/** What a step gives. */
internal interface Shape {
    /** The shape without the batch axis; null for a side that depends on the input. */
    val shape: List<Int?>

    /** UINT8 or FLOAT32: what the prepared value is when the steps end here. */
    val dtype: Dtype

    /** The order of its axes; null where there is none. */
    val layout: Order? get() = null

    /** Gives the same with the sides of a tensor, without its batch axis, where the input decides them. */
    fun bound(sides: List<Int>): Shape = this
}

/** The tensor of one window of a signal, and its first sample. */
internal class Cut(val start: Int, val tensor: TensorValue)

/**
 * How one input is prepared for one artefact. A plan keeps memory between its uses and belongs to one thread.
 */
internal interface Plan {
    /** Gives the tensor of what [Family.load] gave; [reuse] is one of its tensors that nobody needs any more. */
    fun prepare(thing: Thing, reuse: TensorValue? = null): TensorValue

    /** Gives every window of a signal; null where there are none. */
    fun windows(thing: Thing): List<Cut>? = null

    /** Gives how prepared pixels lie in the picture they were made from; null where there is no picture. */
    fun trace(thing: Thing): Trace? = null
}

/** One kind of input. */
internal interface Family {
    /** Its word: photo, frame, row, signal. */
    val kind: String

    /** Gives what each of an input's steps gives; [where] is the JSON path of the input. */
    fun check(steps: List<InputStep>, where: String): List<Shape>

    /** Gives how an input is prepared; a tensor of null means float32. */
    fun plan(input: Input, shapes: List<Shape>, tensor: Tensor?): Plan

    /** Gives what the steps take, of what a person gives; or throws input/.... */
    fun load(thing: Thing, input: Input): Thing
}

/** Gives the JSON path of a step of the input (or output) at a path. */
internal fun stepPath(where: String, place: Int): String = "$where.steps[$place]"

/**
 * Gives what every step gives; an error gets the path of its step.
 *
 * @param start what the steps before number [first] give.
 * @param after what there is after a step, of what there is before it; throws without a place.
 */
internal fun <S : Shape> checkedSteps(
    steps: List<InputStep>,
    start: S,
    where: String,
    first: Int = 1,
    after: (step: InputStep, before: S) -> S,
): List<S> {
    val shapes = MutableList(first) { start }
    for (place in first until steps.size) {
        try {
            shapes.add(after(steps[place], shapes.lastOrNull() ?: start))
        } catch (error: SatchelException) {
            throw error.at(stepPath(where, place))
        }
    }
    return shapes
}

/** Gives memory for a tensor: that of [reuse], where it fits. */
internal fun tensorFor(dtype: Dtype, shape: IntArray, reuse: TensorValue?): TensorValue =
    if (reuse != null && reuse.dtype == dtype && reuse.hasShape(shape)) reuse else TensorValue.allocate(dtype, shape)
