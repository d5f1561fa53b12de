package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.boolean
import dev.satchel.exactly
import dev.satchel.integer
import dev.satchel.list
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf
import dev.satchel.record

/** The kind of a detector's head. */
public enum class Head(override val word: String) : Word {
    SSD("ssd"),
    YOLO_GRID("yolo_grid"),
    YOLO_FREE("yolo_free"),
    SET("set"),
}

/** How a YOLO head codes its boxes; [head] is the one that knows it. */
public enum class Coding(override val word: String, internal val head: Head) : Word {
    YOLOV3("yolov3", Head.YOLO_GRID),
    YOLOV5("yolov5", Head.YOLO_GRID),
    DECODED("decoded", Head.YOLO_FREE),
    YOLOX("yolox", Head.YOLO_FREE),
    DISTANCES("distances", Head.YOLO_FREE),
}

/** Whether the numbers of a box are a row or a column of the output. */
public enum class BoxLayout(override val word: String) : Word {
    ROWS("rows"),
    COLUMNS("columns"),
}

/** What the four numbers of a box are. */
public enum class BoxForm(override val word: String) : Word {
    CORNERS("corners"),
    CENTER("center"),
    CORNER_SIZE("corner_size"),
}

/** Whether x comes before y. */
public enum class AxisOrder(override val word: String) : Word {
    XY("xy"),
    YX("yx"),
}

/** Which column of the scores is the background. */
public enum class Background(override val word: String) : Word {
    NONE("none"),
    FIRST("first"),
    LAST("last"),
}

/** Whether a box is a candidate for its best class, or for every class. */
public enum class Candidates(override val word: String) : Word {
    BEST("best"),
    ALL("all"),
}

/**
 * The anchors of an SSD: the multiple-grid generator of the TensorFlow Object Detection API.
 *
 * @property grids rows and columns of each grid, the finest first.
 * @property aspectRatios width by height, of every cell.
 * @property interpolatedRatio of one more anchor with the scale between this grid's and the next; null for none.
 * @property reduceLowest whether the first grid has three anchors of its own instead.
 */
public data class Anchors internal constructor(
    val grids: List<List<Int>>,
    val minScale: Double,
    val maxScale: Double,
    val aspectRatios: List<Double>,
    val interpolatedRatio: Double?,
    val reduceLowest: Boolean,
)

/** One grid of a YOLO head: the output that holds it, its stride in pixels, and its anchors (width, height). */
public data class Level internal constructor(val output: String, val stride: Double, val anchors: List<List<Double>>)

/** A detector's outputs -> candidate boxes with a score and a class; the fields that [head] does not use are null. */
public data class DecodeBoxes internal constructor(
    val head: Head,
    val boxes: String?,
    val scores: String?,
    val classes: String?,
    val levels: List<Level>?,
    val coding: Coding?,
    val layout: BoxLayout?,
    val objectness: Boolean?,
    val strides: List<Int>?,
    val form: BoxForm?,
    val order: AxisOrder?,
    val width: Int?,
    val height: Int?,
    val anchors: Anchors?,
    val scales: List<Double>?,
    val activation: Activation?,
    val background: Background?,
    val candidates: Candidates?,
) : OutputStep {
    override val op: String get() = "decode_boxes"
}

/** Candidates -> the objects: of boxes that overlap by more than [iou], the one with the best score; at most [max]. */
public data class Nms internal constructor(
    val iou: Double,
    val score: Double,
    val perClass: Boolean,
    val max: Int,
) : OutputStep {
    override val op: String get() = "nms"
}

private fun fieldsFit(step: DecodeBoxes, path: String) {
    val used = usedFields(step)
    for ((name, given) in fieldsOf(step)) {
        val uses = name in used
        need(given != null || !uses, path, "head '${step.head.word}' needs '$name'", "Add '$name' to this step.")
        need(given == null || uses, path, "head '${step.head.word}' does not use '$name' here", "Remove '$name'.")
    }
    val codings = Coding.entries.filter { it.head == step.head }
    if (codings.isEmpty()) return
    val message = "head '${step.head.word}' has the codings ${codings.joinToString { it.word }}"
    need(step.coding in codings, path, message, "Change 'coding'.")
}

private fun fieldsOf(step: DecodeBoxes): Map<String, Any?> = linkedMapOf(
    "boxes" to step.boxes,
    "scores" to step.scores,
    "classes" to step.classes,
    "levels" to step.levels,
    "coding" to step.coding,
    "layout" to step.layout,
    "objectness" to step.objectness,
    "strides" to step.strides,
    "form" to step.form,
    "order" to step.order,
    "width" to step.width,
    "height" to step.height,
    "anchors" to step.anchors,
    "scales" to step.scales,
    "activation" to step.activation,
    "background" to step.background,
    "candidates" to step.candidates,
)

/** Gives the fields that the step must have; all others must be absent. */
private fun usedFields(step: DecodeBoxes): Set<String> = when (step.head) {
    Head.SSD -> setOf("boxes", "scores", "anchors", "scales", "activation", "background", "candidates")
    Head.YOLO_GRID -> setOf("levels", "coding", "activation", "candidates")
    Head.YOLO_FREE -> {
        val onGrid = step.coding == Coding.YOLOX || step.coding == Coding.DISTANCES
        val own = if (onGrid) setOf("strides", "width", "height") else setOf("form", "order")
        setOf("boxes", "coding", "layout", "objectness", "activation", "candidates") + own
    }
    Head.SET -> {
        val own = if (step.classes == null) setOf("activation", "background", "candidates") else setOf("classes")
        setOf("boxes", "form", "order") + if (step.scores == null) emptySet() else own + "scores"
    }
}

private val positive = number(above = 0.0)

private val anchors = record {
    Anchors(
        field("grids", list(exactly(integer(1, 1024), 2), 1, 16)),
        field("min_scale", positive),
        field("max_scale", positive),
        field("aspect_ratios", list(positive, 1, 16)),
        optional("interpolated_ratio", positive),
        field("reduce_lowest", boolean),
    )
}

private val level = record {
    Level(field("output", NAME), field("stride", positive), field("anchors", list(exactly(positive, 2), 1, 16)))
}

internal val BOX_STEPS: Map<String, Kind<OutputStep>> = mapOf(
    "decode_boxes" to step(::fieldsFit) {
        DecodeBoxes(
            field("head", oneOf(Head.entries)),
            optional("boxes", NAME),
            optional("scores", NAME),
            optional("classes", NAME),
            optional("levels", list(level, 1, 16)),
            optional("coding", oneOf(Coding.entries)),
            optional("layout", oneOf(BoxLayout.entries)),
            optional("objectness", boolean),
            optional("strides", list(count, 1, 16)),
            optional("form", oneOf(BoxForm.entries)),
            optional("order", oneOf(AxisOrder.entries)),
            optional("width", side),
            optional("height", side),
            optional("anchors", anchors),
            optional("scales", exactly(positive, 4)),
            optional("activation", oneOf(Activation.entries)),
            optional("background", oneOf(Background.entries)),
            optional("candidates", oneOf(Candidates.entries)),
        )
    },
    "nms" to step { Nms(field("iou", share), field("score", number()), field("per_class", boolean), field("max", count)) },
)
