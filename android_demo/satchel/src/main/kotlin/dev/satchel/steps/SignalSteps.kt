package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.integer
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf

private const val MAX_RATIO = 10_000
private const val MAX_LENGTH = 16_777_216

/** How samples of another rate are made. */
public enum class ResampleMethod(override val word: String) : Word {
    LINEAR("linear"),
    POLYPHASE("polyphase"),
}

/** What is taken away from each channel: its mean, or the line that fits it best. */
public enum class DetrendKind(override val word: String) : Word {
    CONSTANT("constant"),
    LINEAR("linear"),
}

/** What becomes of the samples behind the last whole window. */
public enum class Tail(override val word: String) : Word {
    DROP("drop"),
    PAD("pad"),
    ERROR("error"),
}

/** [n, c] at [fromRate] samples a second -> [ceil(n * to / from), c] at [toRate]. */
public data class Resample internal constructor(
    val fromRate: Double,
    val toRate: Double,
    val method: ResampleMethod,
) : InputStep {
    override val op: String get() = "resample"
}

/** [n, c] -> each channel less its mean (constant) or less the line that fits it best (linear). */
public data class Detrend internal constructor(val kind: DetrendKind) : InputStep {
    override val op: String get() = "detrend"
}

/** [n, c] -> stretches of [length] samples, one every [hop]; [tail] says what becomes of samples left over. */
public data class Window internal constructor(val length: Int, val hop: Int, val tail: Tail) : InputStep {
    override val op: String get() = "window"
}

/** Gives a rate in thousandths of a sample a second. */
internal fun thousandths(rate: Double): Long = Math.floor(rate * 1000 + 0.5).toLong()

internal fun commonFactor(a: Long, b: Long): Long = if (b == 0L) a else commonFactor(b, a % b)

private fun ratioIsExact(step: Resample, path: String) {
    val (from, to) = thousandths(step.fromRate) to thousandths(step.toRate)
    need(step.fromRate == from / 1000.0 && step.toRate == to / 1000.0, path, "a rate has at most three decimals")
    val largest = maxOf(from, to) / commonFactor(from, to)
    val message = "the ratio of the rates needs numbers up to $largest, more than $MAX_RATIO"
    need(largest <= MAX_RATIO, path, message, "Choose a rate whose ratio to the other is simpler.")
}

private val rate = number(low = 0.001, high = 1_000_000.0)

internal val SIGNAL_STEPS: Map<String, Kind<InputStep>> = mapOf(
    "resample" to step(::ratioIsExact) {
        Resample(field("from_rate", rate), field("to_rate", rate), field("method", oneOf(ResampleMethod.entries)))
    },
    "detrend" to step { Detrend(field("kind", oneOf(DetrendKind.entries))) },
    "window" to step {
        Window(field("length", integer(1, MAX_LENGTH)), field("hop", integer(1, MAX_LENGTH)), field("tail", oneOf(Tail.entries)))
    },
)
