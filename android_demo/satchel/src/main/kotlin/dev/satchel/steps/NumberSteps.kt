package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.boolean
import dev.satchel.integer
import dev.satchel.list
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf

/** What places are counted in: fractions of the prepared picture, or its pixels. */
public enum class Units(override val word: String) : Word {
    NORMALIZED("normalized"),
    PIXELS("pixels"),
}

/** x -> x * std + mean, in binary32; one number, or one a column. */
public data class Denormalize internal constructor(val mean: List<Double>, val std: List<Double>) : OutputStep {
    override val op: String get() = "denormalize"
}

/** x -> the nearest number with [decimals] decimals (or the one below, with floor), in binary32. */
public data class Round internal constructor(val decimals: Int, val rounding: Rounding) : OutputStep {
    override val op: String get() = "round"
}

/** Places in the prepared picture [input] -> pixels of the photo; of a mask, which has no [units] and [clip], one as large. */
public data class Uncrop internal constructor(val input: String, val units: Units?, val clip: Boolean?) : OutputStep {
    override val op: String get() = "uncrop"
}

private fun sameLength(step: Denormalize, path: String) = need(step.mean.size == step.std.size, path, "mean and std have different lengths")

private fun bothOrNone(step: Uncrop, path: String) = need((step.units == null) == (step.clip == null), path, "units and clip come together")

private val numbers = list(number(), 1, 4096)

internal val NUMBER_STEPS: Map<String, Kind<OutputStep>> = mapOf(
    "denormalize" to step(::sameLength) { Denormalize(field("mean", numbers), field("std", numbers)) },
    "round" to step { Round(field("decimals", integer(0, 9)), field("rounding", rounding)) },
    "uncrop" to step(::bothOrNone) {
        Uncrop(field("input", NAME), optional("units", oneOf(Units.entries)), optional("clip", boolean))
    },
)
