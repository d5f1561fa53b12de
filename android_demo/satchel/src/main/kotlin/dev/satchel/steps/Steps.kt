package dev.satchel.steps

import dev.satchel.Fields
import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.anything
import dev.satchel.byOp
import dev.satchel.integer
import dev.satchel.number
import dev.satchel.oneOf
import dev.satchel.record
import dev.satchel.string

/** One step of an input or an output, as it stands in the spec. */
public sealed interface Step {
    /** The step's word in the document. */
    public val op: String
}

/** A step that makes the model's input: of a picture, a row or a signal. */
public sealed interface InputStep : Step

/** A step that reads the model's output. */
public sealed interface OutputStep : Step

/** How a fraction becomes a whole number. */
public enum class Rounding(override val word: String) : Word {
    FLOOR("floor"),
    HALF_EVEN("half_even"),
}

/** The order of the axes of a prepared value: of a picture (NHWC, NCHW) or of a signal. */
public enum class Order(override val word: String) : Word {
    NHWC("NHWC"),
    NCHW("NCHW"),
    NLC("NLC"),
    NCL("NCL"),
    NL("NL"),
}

/** What is done with a score before it is used. */
public enum class Activation(override val word: String) : Word {
    NONE("none"),
    SIGMOID("sigmoid"),
    SOFTMAX("softmax"),
}

internal val NAME: Kind<String> = string(1, 128, Regex("[A-Za-z0-9_][A-Za-z0-9_.-]*"))
internal val channel: Kind<Int> = integer(0, 255)
internal val side: Kind<Int> = integer(1, 16384)
internal val margin: Kind<Int> = integer(0, 16384)
internal val count: Kind<Int> = integer(1, 100_000)
internal val share: Kind<Double> = number(low = 0.0, high = 1.0)
internal val rounding: Kind<Rounding> = oneOf(Rounding.entries)
internal val planeOrder: Kind<Order> = oneOf(listOf(Order.NHWC, Order.NCHW))

/** A record with an `op`, which has been looked at already. */
internal fun <T> step(rule: (found: T, path: String) -> Unit = { _, _ -> }, make: Fields.() -> T): Kind<T> = record(rule) {
    field("op", anything)
    make()
}

/** The step of an input. */
internal val inputStep: Kind<InputStep> = byOp(IMAGE_STEPS + TABLE_STEPS + SIGNAL_STEPS)

/** The step of an output. */
internal val outputStep: Kind<OutputStep> = byOp(SCORE_STEPS + BOX_STEPS + POINT_STEPS + MASK_STEPS + NUMBER_STEPS)
