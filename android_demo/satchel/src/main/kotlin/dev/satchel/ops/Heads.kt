package dev.satchel.ops

import dev.satchel.SatchelException
import dev.satchel.steps.Background
import dev.satchel.steps.BoxLayout
import dev.satchel.steps.Coding
import dev.satchel.steps.DecodeBoxes
import dev.satchel.steps.Head
import dev.satchel.steps.Level

/**
 * What the outputs of a detector's head hold.
 *
 * @property boxes how many there are.
 * @property classes scores of a box, a background's too; null where classes come as numbers.
 */
internal class HeadSize(val boxes: Int, val classes: Int?)

/** Gives the names of the outputs that a step reads. */
internal fun readsOf(step: DecodeBoxes): List<String> =
    (listOfNotNull(step.boxes, step.scores, step.classes) + step.levels.orEmpty().map { it.output }).distinct()

/**
 * Gives what outputs of these shapes hold.
 *
 * @param shapes by the names of the spec's outputs, with batch axis 1.
 * @throws SatchelException model/wrong-output, with the name of the output, when they are not those of the head.
 */
internal fun headSize(step: DecodeBoxes, shapes: Map<String, List<Int>>): HeadSize {
    val found = when (step.head) {
        Head.SSD -> ssdSize(step, shapes)
        Head.YOLO_GRID -> gridSize(step, shapes)
        Head.YOLO_FREE -> freeSize(step, shapes)
        Head.SET -> setSize(step, shapes)
    }
    val background = if (step.background == Background.FIRST || step.background == Background.LAST) 1 else 0
    if (found.classes == null || found.classes > background) return found
    throw wrong(step.scores.orEmpty(), "expected a class beside the background, found ${found.classes} scores a box")
}

private fun ssdSize(step: DecodeBoxes, shapes: Map<String, List<Int>>): HeadSize {
    val count = anchorCount(step.anchors!!)
    val (rows, width) = matrix(step.boxes!!, shapes)
    if (rows.toLong() != count || width != 4) {
        throw wrong(step.boxes, "expected [1, $count, 4], one row an anchor, found ${shapes[step.boxes]}")
    }
    return HeadSize(rows, scoreColumns(step, shapes, rows))
}

private fun gridSize(step: DecodeBoxes, shapes: Map<String, List<Int>>): HeadSize {
    val levels = step.levels!!
    val widths = levels.map { levelWidth(it, shapes.getValue(it.output)) }
    if (widths.distinct().size > 1) {
        throw wrong(levels[0].output, "expected as many classes in every grid, found ${widths.map { it - 5 }}")
    }
    val boxes = levels.sumOf { each -> shapes.getValue(each.output).let { it[1].toLong() * it[2] * each.anchors.size } }
    return HeadSize(Math.toIntExact(boxes), widths[0] - 5)
}

/** Gives how many numbers an anchor has. */
private fun levelWidth(level: Level, shape: List<Int>): Int {
    val count = level.anchors.size
    if (shape.size !in 4..5 || shape[0] != 1 || 0 in shape) {
        throw wrong(level.output, "expected [1, rows, columns, anchors * (5 + classes)], found $shape")
    }
    val width = if (shape.size == 5) shape[4] else shape[3] / count
    if (width < 6 || (if (shape.size == 5) shape[3] != count else shape[3] % count != 0)) {
        throw wrong(level.output, "expected $count anchors of 5 + classes each, found $shape")
    }
    return width
}

private fun freeSize(step: DecodeBoxes, shapes: Map<String, List<Int>>): HeadSize {
    val (first, second) = matrix(step.boxes!!, shapes)
    val boxes = if (step.layout == BoxLayout.COLUMNS) second else first
    val width = if (step.layout == BoxLayout.COLUMNS) first else second
    val own = if (step.objectness == true) 5 else 4
    if (width <= own) throw wrong(step.boxes, "expected more than $own numbers a box, found $width")
    if (step.coding != Coding.DECODED) {
        val cells = step.strides!!.sumOf { cellsAlong(step.width!!, it).toLong() * cellsAlong(step.height!!, it) }
        if (cells != boxes.toLong()) throw wrong(step.boxes, "expected a box for each of $cells cells, found $boxes")
    }
    return HeadSize(boxes, width - own)
}

/** Gives how many cells of a stride there are along a side. */
internal fun cellsAlong(side: Int, stride: Int): Int = (side + stride - 1) / stride

private fun setSize(step: DecodeBoxes, shapes: Map<String, List<Int>>): HeadSize {
    val (boxes, width) = matrix(step.boxes!!, shapes)
    if (width != (if (step.scores == null) 6 else 4)) {
        val expected = if (step.scores == null) "6 numbers a box: its place, score and class" else "4 numbers a box"
        throw wrong(step.boxes, "expected $expected, found $width")
    }
    if (step.scores == null) return HeadSize(boxes, null)
    if (step.classes == null) return HeadSize(boxes, scoreColumns(step, shapes, boxes))
    for (name in listOf(step.scores, step.classes)) {
        val count = shapes.getValue(name).fold(1L) { all, side -> all * side }
        if (count != boxes.toLong()) throw wrong(name, "expected $boxes scores and classes, found $count")
    }
    return HeadSize(boxes, null)
}

private fun scoreColumns(step: DecodeBoxes, shapes: Map<String, List<Int>>, boxes: Int): Int {
    val (rows, width) = matrix(step.scores!!, shapes)
    if (rows != boxes) throw wrong(step.scores, "expected [1, $boxes, classes], one row a box, found ${shapes[step.scores]}")
    return width
}

/** Gives the n and m of [1, n, m]. */
private fun matrix(name: String, shapes: Map<String, List<Int>>): Pair<Int, Int> {
    val shape = shapes.getValue(name)
    if (shape.size != 3 || shape[0] != 1 || 0 in shape) throw wrong(name, "expected [1, boxes, numbers], found $shape")
    return shape[1] to shape[2]
}

internal fun wrong(name: String, message: String): SatchelException = SatchelException("model/wrong-output", message, name, OTHER_OUTPUT)
