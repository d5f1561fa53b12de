package dev.satchel.families

import dev.satchel.ops.cropWindow
import dev.satchel.ops.fitted
import dev.satchel.steps.CenterOfMass
import dev.satchel.steps.Crop
import dev.satchel.steps.CropContent
import dev.satchel.steps.Flip
import dev.satchel.steps.FlipAxis
import dev.satchel.steps.InputStep
import dev.satchel.steps.Pad
import dev.satchel.steps.Resize
import java.math.BigInteger

private val TWO = BigInteger.valueOf(2)

/**
 * One axis of a picture's preparation: a coordinate p of the prepared picture is (p * scale + offset) / divisor in the
 * picture that was given. Coordinates are those of edges: pixel i covers i to i + 1.
 *
 * @property given pixels of the picture that was given.
 * @property prepared pixels of the prepared one.
 * @property scale negative when it was flipped.
 * @property offset in units of 1 / divisor.
 * @property divisor at least 1; the three have no common factor.
 */
internal data class Axis(
    val given: Int,
    val prepared: Int,
    val scale: BigInteger = BigInteger.ONE,
    val offset: BigInteger = BigInteger.ZERO,
    val divisor: BigInteger = BigInteger.ONE,
) {
    /** Gives the axis after a resize to [to] pixels: p becomes p * prepared / to first. */
    fun resized(to: Int): Axis = reduced(to, scale * prepared.toBigInteger(), offset * to.toBigInteger(), divisor * to.toBigInteger())

    /** Gives the axis after [length] pixels from [first] on are kept; below 0 there is margin. */
    fun moved(first: Int, length: Int): Axis = reduced(length, scale, offset + first.toBigInteger() * scale, divisor)

    /** Gives the axis after the pixels are put in the opposite order. */
    fun flipped(): Axis = reduced(prepared, -scale, offset + prepared.toBigInteger() * scale, divisor)

    /**
     * Gives, for each pixel that was given, the cell of [length] cells over the prepared axis its centre lies in; exact
     * integers, rounded down; -1 where the pixel is not in the prepared picture.
     */
    fun sources(length: Int): IntArray {
        val sign = scale.signum().toBigInteger() * length.toBigInteger()
        val step = TWO * divisor * sign
        val below = TWO * scale.abs() * prepared.toBigInteger()
        var above = (divisor - TWO * offset) * sign
        return IntArray(given) {
            val cell = if (above.signum() < 0) BigInteger.ONE.negate() else above / below
            above += step
            if (cell < length.toBigInteger()) cell.toInt() else -1
        }
    }

    private fun reduced(prepared: Int, scale: BigInteger, offset: BigInteger, divisor: BigInteger): Axis {
        val common = scale.gcd(offset).gcd(divisor)
        return Axis(given, prepared, scale / common, offset / common, divisor / common)
    }
}

/** How a prepared picture lies in the picture it was made from: x runs right, y down. */
public class Trace internal constructor(internal val x: Axis, internal val y: Axis)

/** Gives how a picture of width x height lies in what the steps make of it. */
internal fun traced(steps: List<InputStep>, width: Int, height: Int): Trace =
    steps.fold(Trace(Axis(width, width), Axis(height, height))) { trace, step -> after(step, trace) }

/** Says whether it depends on the size of the picture alone, not on its values, where each pixel comes from. */
internal fun traceable(steps: List<InputStep>): Boolean = steps.none { it is CropContent || it is CenterOfMass }

private fun after(step: InputStep, trace: Trace): Trace {
    val (x, y) = trace.x to trace.y
    return when (step) {
        is Resize -> {
            val fit = fitted(step, x.prepared, y.prepared)
            Trace(
                x.resized(fit.width).moved(fit.window.left - fit.left, fit.window.width + fit.left + fit.right),
                y.resized(fit.height).moved(fit.window.top - fit.top, fit.window.height + fit.top + fit.bottom),
            )
        }
        is Crop -> cropWindow(step, x.prepared, y.prepared).let { Trace(x.moved(it.left, it.width), y.moved(it.top, it.height)) }
        is Pad -> Trace(
            x.moved(-step.left, x.prepared + step.left + step.right),
            y.moved(-step.top, y.prepared + step.top + step.bottom),
        )
        is Flip -> if (step.axis == FlipAxis.HORIZONTAL) Trace(x.flipped(), y) else Trace(x, y.flipped())
        else -> trace
    }
}
