package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.number

/** Logits -> probabilities over a row; with a [layout], over the classes at each place of a mask. */
public data class Softmax internal constructor(val layout: Order?) : OutputStep {
    override val op: String get() = "softmax"
}

/** Logits -> 1 / (1 + exp(-x)), each by itself. */
public data object Sigmoid : OutputStep {
    override val op: String get() = "sigmoid"
}

/** Scores -> the [k] best (index, score), best first, the lower index first among equals. */
public data class TopK internal constructor(val k: Int) : OutputStep {
    override val op: String get() = "top_k"
}

/** (index, score) -> those with score >= [score]. */
public data class Threshold internal constructor(val score: Double) : OutputStep {
    override val op: String get() = "threshold"
}

/** (index, score) -> (index, label, score), from the list [labels] of the spec. */
public data class Label internal constructor(val labels: String) : OutputStep {
    override val op: String get() = "label"
}

internal val SCORE_STEPS: Map<String, Kind<OutputStep>> = mapOf(
    "softmax" to step { Softmax(optional("layout", planeOrder)) },
    "sigmoid" to step { Sigmoid },
    "top_k" to step { TopK(field("k", count)) },
    "threshold" to step { Threshold(field("score", number())) },
    "label" to step { Label(field("labels", NAME)) },
)
