package dev.satchel.ops

import dev.satchel.Detections
import dev.satchel.Floats
import dev.satchel.steps.Activation
import dev.satchel.steps.AxisOrder
import dev.satchel.steps.Background
import dev.satchel.steps.BoxForm
import dev.satchel.steps.BoxLayout
import dev.satchel.steps.Candidates
import dev.satchel.steps.Coding
import dev.satchel.steps.DecodeBoxes
import dev.satchel.steps.Head
import dev.satchel.steps.Level

/**
 * Gives the candidates of a detector's outputs, each box in the order of the outputs.
 *
 * Binary32 in the order written; boxes become left, top, right, bottom, in the unit that the head has. Sources: the Faster
 * R-CNN box coder of the TensorFlow Object Detection API; Redmon and Farhadi, YOLOv3; Ultralytics YOLOv5 and YOLOv8; Ge and
 * others, YOLOX; Tian and others, FCOS; Carion and others, DETR.
 *
 * @param outputs real values by the names of the spec's outputs, with batch 1.
 * @throws dev.satchel.SatchelException model/wrong-output when shapes do not fit together; model/nan-output.
 */
internal fun decodeBoxes(step: DecodeBoxes, outputs: Map<String, Floats>): Detections {
    val names = readsOf(step)
    for (name in names) refuseNan(outputs.getValue(name).data, name)
    val size = headSize(step, names.associateWith { outputs.getValue(it).shape.toList() })
    return when (step.head) {
        Head.SSD -> ssd(step, outputs, size)
        Head.YOLO_GRID -> yoloGrid(step, outputs, size)
        Head.YOLO_FREE -> yoloFree(step, outputs, size)
        Head.SET -> set(step, outputs, size)
    }
}

/**
 * Gives boxes in another form, in the same unit; between two others it goes by way of `corners`.
 *
 * `corners` is left, top, right, bottom (Pascal VOC); `corner_size` is left, top, width, height (COCO); `center` is centre x,
 * centre y, width, height (YOLO). Source: torchvision.ops.box_convert.
 */
internal fun convert(boxes: FloatArray, source: BoxForm, target: BoxForm): FloatArray {
    val found = boxes.copyOf()
    if (source == target) return found
    for (at in found.indices) {
        if (at % 4 >= 2) continue
        var first = found[at]
        var second = found[at + 2]
        if (source == BoxForm.CENTER) {
            val half = second * 0.5f
            second = first + half
            first -= half
        } else if (source == BoxForm.CORNER_SIZE) {
            second += first
        }
        val size = second - first
        found[at] = if (target == BoxForm.CENTER) (first + second) * 0.5f else first
        found[at + 2] = if (target == BoxForm.CORNERS) second else size
    }
    return found
}

/** Gives scores of [columns] classes a row after `sigmoid`, each by itself, or after `softmax` over the row. */
internal fun activate(scores: FloatArray, columns: Int, activation: Activation): FloatArray = when (activation) {
    Activation.NONE -> scores
    Activation.SIGMOID -> FloatArray(scores.size) { sigmoid(scores[it]) }
    Activation.SOFTMAX -> scores.copyOf().also { found -> for (at in found.indices step columns) share(found, at, at + columns) }
}

private fun share(scores: FloatArray, first: Int, end: Int) {
    var largest = scores[first]
    for (place in first + 1 until end) largest = maxOf(largest, scores[place])
    for (place in first until end) scores[place] = exp(scores[place] - largest)
    var sum = scores[first]
    for (place in first + 1 until end) sum += scores[place]
    for (place in first until end) scores[place] /= sum
}

private fun ssd(step: DecodeBoxes, outputs: Map<String, Floats>, size: HeadSize): Detections {
    val anchors = ssdAnchors(step.anchors!!)
    val coded = outputs.getValue(step.boxes!!).data
    val scales = floats(step.scales!!)
    val boxes = FloatArray(coded.size)
    for (at in coded.indices step 4) {
        for (axis in 0..1) {
            val length = anchors[at + 2 + axis]
            val middle = coded[at + axis] / scales[axis] * length + anchors[at + axis]
            val half = exp(coded[at + 2 + axis] / scales[2 + axis]) * length * 0.5f
            boxes[at + 1 - axis] = middle - half
            boxes[at + 3 - axis] = middle + half
        }
    }
    return chosen(step, boxes, scored(step, outputs, size), size.classes!!)
}

private fun yoloGrid(step: DecodeBoxes, outputs: Map<String, Floats>, size: HeadSize): Detections {
    val boxes = FloatArray(4 * size.boxes)
    val scores = FloatArray(size.boxes * size.classes!!)
    var first = 0
    for (level in step.levels!!) first = placeLevel(step, level, outputs.getValue(level.output), size.classes, boxes, scores, first)
    return chosen(step, convert(boxes, BoxForm.CENTER, BoxForm.CORNERS), scores, size.classes)
}

/** Puts the boxes of one grid in pixels, as centres, and their scores behind the [first]; gives how many there are then. */
private fun placeLevel(
    step: DecodeBoxes,
    level: Level,
    value: Floats,
    classes: Int,
    boxes: FloatArray,
    scores: FloatArray,
    first: Int,
): Int {
    val stride = level.stride.toFloat()
    val anchors = FloatArray(2 * level.anchors.size) { level.anchors[it / 2][it % 2].toFloat() }
    val cells = value.shape[1] * value.shape[2]
    val width = 5 + classes
    for (each in 0 until cells * level.anchors.size) {
        val at = each * width
        val box = 4 * (first + each)
        val cell = each / level.anchors.size
        for (axis in 0..1) {
            val corner = (if (axis == 0) cell % value.shape[2] else cell / value.shape[2]).toFloat()
            val anchor = anchors[2 * (each % level.anchors.size) + axis]
            val middle = sigmoid(value.data[at + axis])
            if (step.coding == Coding.YOLOV3) {
                boxes[box + axis] = (middle + corner) * stride
                boxes[box + 2 + axis] = exp(value.data[at + 2 + axis]) * anchor
            } else {
                val twice = sigmoid(value.data[at + 2 + axis]) * 2f
                boxes[box + axis] = (middle * 2f - 0.5f + corner) * stride
                boxes[box + 2 + axis] = twice * twice * anchor
            }
        }
        value.data.copyInto(scores, (first + each) * classes, at + 5, at + width)
    }
    val count = cells * level.anchors.size
    val own = activate(scores.copyOfRange(first * classes, (first + count) * classes), classes, step.activation!!)
    for (place in own.indices) {
        scores[first * classes + place] = sigmoid(value.data[place / classes * width + 4]) * own[place]
    }
    return first + count
}

private fun yoloFree(step: DecodeBoxes, outputs: Map<String, Floats>, size: HeadSize): Detections {
    val given = outputs.getValue(step.boxes!!).data
    val width = given.size / size.boxes
    val classes = size.classes!!
    val rows = if (step.layout == BoxLayout.COLUMNS) turned(given, width) else given
    val first = width - classes
    val raw = FloatArray(size.boxes * classes) { rows[it / classes * width + first + it % classes] }
    val scores = activate(raw, classes, step.activation!!)
    if (step.objectness == true) {
        for (place in scores.indices) {
            val presence = rows[place / classes * width + 4]
            scores[place] = (if (step.activation == Activation.NONE) presence else sigmoid(presence)) * scores[place]
        }
    }
    val coded = FloatArray(4 * size.boxes) { rows[it / 4 * width + it % 4] }
    return chosen(step, placed(step, coded), scores, classes)
}

/** Gives rows of numbers that come as columns. */
private fun turned(values: FloatArray, columns: Int): FloatArray {
    val rows = values.size / columns
    val found = FloatArray(values.size)
    for (c in 0 until columns) for (row in 0 until rows) found[row * columns + c] = values[c * rows + row]
    return found
}

/** Gives boxes as corners. */
private fun placed(step: DecodeBoxes, coded: FloatArray): FloatArray {
    if (step.coding == Coding.DECODED) return corners(step, coded)
    var at = 0
    for (each in step.strides!!) {
        val stride = each.toFloat()
        for (row in 0 until cellsAlong(step.height!!, each)) {
            for (column in 0 until cellsAlong(step.width!!, each)) {
                placeCell(step.coding!!, coded, at, column.toFloat(), stride)
                placeCell(step.coding, coded, at + 1, row.toFloat(), stride)
                at += 4
            }
        }
    }
    return if (step.coding == Coding.YOLOX) convert(coded, BoxForm.CENTER, BoxForm.CORNERS) else coded
}

/** Puts one axis of a box in its place; [cell] is the number of its cell along the axis. */
private fun placeCell(coding: Coding, boxes: FloatArray, at: Int, cell: Float, stride: Float) {
    if (coding == Coding.YOLOX) {
        boxes[at] = (boxes[at] + cell) * stride
        boxes[at + 2] = exp(boxes[at + 2]) * stride
    } else {
        val middle = cell + 0.5f
        boxes[at] = (middle - boxes[at]) * stride
        boxes[at + 2] = (middle + boxes[at + 2]) * stride
    }
}

private fun set(step: DecodeBoxes, outputs: Map<String, Floats>, size: HeadSize): Detections {
    val given = outputs.getValue(step.boxes!!).data
    val width = given.size / size.boxes
    val boxes = corners(step, FloatArray(4 * size.boxes) { given[it / 4 * width + it % 4] })
    if (step.scores == null) {
        val classes = FloatArray(size.boxes) { given[it * width + 5] }
        return Detections(boxes, FloatArray(size.boxes) { given[it * width + 4] }, indices(step.boxes, classes))
    }
    if (step.classes == null) return chosen(step, boxes, scored(step, outputs, size), size.classes!!)
    return Detections(boxes, outputs.getValue(step.scores).data, indices(step.classes, outputs.getValue(step.classes).data))
}

/** Gives class numbers that come as real values; a half or a negative one is no class, nor one beyond 31 bits. */
private fun indices(name: String, values: FloatArray): IntArray = IntArray(values.size) {
    val whole = values[it].toInt()
    if (whole < 0 || whole == Int.MAX_VALUE || whole.toFloat() != values[it]) throw wrong(name, "expected whole numbers from 0 as classes")
    whole
}

private fun corners(step: DecodeBoxes, boxes: FloatArray): FloatArray {
    val ordered = if (step.order == AxisOrder.YX) FloatArray(boxes.size) { boxes[it xor 1] } else boxes
    return convert(ordered, step.form!!, BoxForm.CORNERS)
}

private fun scored(step: DecodeBoxes, outputs: Map<String, Floats>, size: HeadSize): FloatArray =
    activate(outputs.getValue(step.scores!!).data, size.classes!!, step.activation!!)

/** Gives the best class of each box (the lower among equals), or every class of every box. */
private fun chosen(step: DecodeBoxes, boxes: FloatArray, scores: FloatArray, columns: Int): Detections {
    val first = if (step.background == Background.FIRST) 1 else 0
    val last = if (step.background == Background.LAST) columns - 1 else columns
    val count = boxes.size / 4
    val name = step.scores ?: step.boxes.orEmpty()
    val kept = last - first
    if (step.candidates == Candidates.ALL) {
        val all = refuseNan(FloatArray(count * kept) { scores[it / kept * columns + first + it % kept] }, name)
        val repeated = FloatArray(4 * all.size) { boxes[it / 4 / kept * 4 + it % 4] }
        return Detections(repeated, all, IntArray(all.size) { first + it % kept })
    }
    val classes = IntArray(count) { first }
    val best = FloatArray(count) { box ->
        for (c in first until last) {
            val each = scores[box * columns + c]
            if (each.isNaN()) refuseNan(floatArrayOf(each), name)
            if (each > scores[box * columns + classes[box]]) classes[box] = c
        }
        scores[box * columns + classes[box]]
    }
    return Detections(boxes, best, classes)
}
