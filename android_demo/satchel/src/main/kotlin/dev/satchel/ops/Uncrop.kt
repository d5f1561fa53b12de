package dev.satchel.ops

import dev.satchel.Detections
import dev.satchel.Mask
import dev.satchel.Points
import dev.satchel.families.Axis
import dev.satchel.families.Trace
import dev.satchel.steps.Units

/** Gives the boxes in pixels of the photo; one that was flipped keeps its left side left of its right one. */
internal fun uncropBoxes(found: Detections, trace: Trace, units: Units, clip: Boolean): Detections {
    val (across, down) = Way(trace.x, units, clip) to Way(trace.y, units, clip)
    val boxes = FloatArray(found.boxes.size)
    for (at in boxes.indices step 4) {
        boxes[at + across.low] = across.back(found.boxes[at])
        boxes[at + 1 + down.low] = down.back(found.boxes[at + 1])
        boxes[at + 2 - across.low] = across.back(found.boxes[at + 2])
        boxes[at + 3 - down.low] = down.back(found.boxes[at + 3])
    }
    return Detections(boxes, found.scores, found.classes, found.labels)
}

/** Gives the points in pixels of the photo. */
internal fun uncropPoints(found: Points, trace: Trace, units: Units, clip: Boolean): Points {
    val (across, down) = Way(trace.x, units, clip) to Way(trace.y, units, clip)
    val xy = FloatArray(found.xy.size) { (if (it % 2 == 0) across else down).back(found.xy[it]) }
    return Points(xy, found.scores, found.names)
}

/** Gives the class of each pixel of the photo: that of the cell its centre lies in, 0 where there is none. */
internal fun uncropMask(found: Mask, trace: Trace): Mask = picked(found, trace.x.sources(found.width), trace.y.sources(found.height))

/** Gives the mask that has, at each place, the class at a column and a row of this one; 0 where one of them is -1. */
internal fun picked(found: Mask, columns: IntArray, rows: IntArray): Mask {
    val (width, height) = columns.size to rows.size
    val bytes = ByteArray(if (found.small) width * height else 0)
    val ints = IntArray(if (found.small) 0 else width * height)
    for (y in 0 until height) {
        val row = rows[y] * found.width
        if (row < 0) continue
        for (x in 0 until width) {
            if (columns[x] < 0) continue
            val index = found[row + columns[x]]
            if (found.small) bytes[y * width + x] = index.toByte() else ints[y * width + x] = index
        }
    }
    val whole = if (found.small) Mask(width, height, bytes) else Mask(width, height, ints)
    return found.labels?.let(whole::labelled) ?: whole
}

/**
 * The way along one axis from the prepared picture back to the photo: (p * scale + offset) / divisor, one rounding an
 * operation in binary64, rounded to binary32; -0 becomes 0.
 *
 * @property low 0; or 2 where the axis is flipped: how far the low side of a box is from where it was.
 */
private class Way(axis: Axis, units: Units, private val clip: Boolean) {
    private val unit = if (units == Units.NORMALIZED) axis.prepared.toDouble() else 1.0
    private val scale = axis.scale.toDouble()
    private val offset = axis.offset.toDouble()
    private val divisor = axis.divisor.toDouble()
    private val given = axis.given.toFloat()

    val low: Int = if (axis.scale.signum() > 0) 0 else 2

    fun back(place: Float): Float {
        val found = ((place * unit * scale + offset) / divisor).toFloat() + 0f
        return if (clip) found.coerceIn(0f, given) else found
    }
}
