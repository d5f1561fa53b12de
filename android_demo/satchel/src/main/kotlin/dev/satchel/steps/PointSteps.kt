package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.integer
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf

/** How a peak is placed between the cells of a heatmap; `used` are the fields of the step that it needs. */
public enum class Refine(override val word: String, internal val used: Set<String>) : Word {
    NONE("none", setOf("position")),
    QUARTER("quarter", setOf("position")),
    OFFSETS("offsets", setOf("offsets", "stride")),
}

/** Where cell p of n is, in fractions of the picture: p / n, (p + 0.5) / n or p / (n - 1). */
public enum class Position(override val word: String) : Word {
    CORNER("corner"),
    CENTER("center"),
    ENDS("ends"),
}

/** Heatmaps, one a keypoint -> where each is highest, and how high; the fields that [refine] does not use are null. */
public data class HeatmapKeypoints internal constructor(
    val layout: Order,
    val activation: Activation,
    val refine: Refine,
    val position: Position?,
    val offsets: String?,
    val stride: Double?,
) : OutputStep {
    override val op: String get() = "heatmap_keypoints"
}

/** A flat vector of [dimensions] numbers a point -> points; number [score] of each is its score, null for none. */
public data class Landmarks internal constructor(
    val dimensions: Int,
    val order: AxisOrder,
    val score: Int?,
    val activation: Activation?,
) : OutputStep {
    override val op: String get() = "landmarks"
}

private fun fieldsFit(step: HeatmapKeypoints, path: String) {
    for ((name, given) in linkedMapOf("position" to step.position, "offsets" to step.offsets, "stride" to step.stride)) {
        val uses = name in step.refine.used
        need(given != null || !uses, path, "refine '${step.refine.word}' needs '$name'", "Add '$name' to this step.")
        need(given == null || uses, path, "refine '${step.refine.word}' does not use '$name'", "Remove '$name'.")
    }
}

private fun fieldsFit(step: Landmarks, path: String) {
    need((step.score == null) == (step.activation == null), path, "'score' and 'activation' come together")
    need(step.score == null || step.score < step.dimensions, path, "'score' is the place of a number of each point")
}

private val activation = oneOf(listOf(Activation.NONE, Activation.SIGMOID))
private val heatmapsFit: (HeatmapKeypoints, String) -> Unit = ::fieldsFit
private val landmarksFit: (Landmarks, String) -> Unit = ::fieldsFit

internal val POINT_STEPS: Map<String, Kind<OutputStep>> = mapOf(
    "heatmap_keypoints" to step(heatmapsFit) {
        HeatmapKeypoints(
            field("layout", planeOrder),
            field("activation", activation),
            field("refine", oneOf(Refine.entries)),
            optional("position", oneOf(Position.entries)),
            optional("offsets", NAME),
            optional("stride", number(above = 0.0)),
        )
    },
    "landmarks" to step(landmarksFit) {
        Landmarks(
            field("dimensions", integer(2, 16)),
            field("order", oneOf(AxisOrder.entries)),
            optional("score", integer(2, 15)),
            optional("activation", activation),
        )
    },
)
