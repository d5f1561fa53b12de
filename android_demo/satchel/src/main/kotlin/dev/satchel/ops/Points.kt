package dev.satchel.ops

import dev.satchel.Floats
import dev.satchel.Points
import dev.satchel.SatchelException
import dev.satchel.steps.Activation
import dev.satchel.steps.AxisOrder
import dev.satchel.steps.HeatmapKeypoints
import dev.satchel.steps.Landmarks
import dev.satchel.steps.Position
import dev.satchel.steps.Refine

private const val QUARTER = 0.25f

/**
 * Gives the place of the highest value of each heatmap, the first in reading order among equals, and that value.
 *
 * Sources: Xiao and others, Simple Baselines for Human Pose Estimation (the quarter of a cell towards the second highest
 * response); Papandreou and others, PersonLab (offsets).
 *
 * @param offsets the numbers of the output that the step names, and how they lie; null where it names none.
 * @throws SatchelException model/nan-output.
 */
internal fun heatmapKeypoints(step: HeatmapKeypoints, maps: FloatArray, planes: Planes, offsets: Pair<FloatArray, Planes>?): Points {
    refuseNan(maps)
    val count = planes.classes
    val xy = FloatArray(2 * count)
    val scores = FloatArray(count)
    for (k in 0 until count) {
        val peak = peakOf(maps, planes, k)
        val score = maps[k * planes.next + peak * planes.place]
        scores[k] = if (step.activation == Activation.SIGMOID) sigmoid(score) else score
        val (row, column) = peak / planes.width to peak % planes.width
        if (offsets != null) {
            val (values, lie) = offsets
            val stride = step.stride!!.toFloat()
            xy[2 * k] = column * stride + values[(count + k) * lie.next + peak * lie.place]
            xy[2 * k + 1] = row * stride + values[k * lie.next + peak * lie.place]
        } else {
            val moved = step.refine == Refine.QUARTER
            val across = if (moved) quarter(maps, k * planes.next + peak * planes.place, planes.place, column, planes.width) else 0f
            val down = if (moved) {
                quarter(
                    maps,
                    k * planes.next + peak * planes.place,
                    planes.place * planes.width,
                    row,
                    planes.height,
                )
            } else {
                0f
            }
            xy[2 * k] = fraction(column + across, planes.width, step.position!!)
            xy[2 * k + 1] = fraction(row + down, planes.height, step.position)
        }
    }
    return Points(xy, scores)
}

/**
 * Refuses offsets that are not two for each heatmap at each of its cells.
 *
 * @throws SatchelException model/wrong-output.
 */
internal fun needOffsets(planes: Planes, maps: Planes) {
    if (planes.classes == 2 * maps.classes && planes.width == maps.width && planes.height == maps.height) return
    val message = "expected ${2 * maps.classes} offsets at ${maps.height} x ${maps.width} cells, " +
        "found ${planes.classes} at ${planes.height} x ${planes.width}"
    throw SatchelException("model/wrong-output", message, hint = OTHER_OUTPUT)
}

/**
 * Gives the points of a vector of k * dimensions numbers.
 *
 * @throws SatchelException model/wrong-output, model/nan-output.
 */
internal fun landmarks(step: Landmarks, values: Floats): Points {
    val count = landmarkCount(step, values.shape.toList())
    val data = refuseNan(values.data)
    val first = if (step.order == AxisOrder.XY) 0 else 1
    val xy = FloatArray(2 * count) { data[it / 2 * step.dimensions + (if (it % 2 == 0) first else 1 - first)] }
    val scores = FloatArray(count) { place ->
        val score = if (step.score == null) 1f else data[place * step.dimensions + step.score]
        if (step.activation == Activation.SIGMOID) sigmoid(score) else score
    }
    return Points(xy, scores)
}

/**
 * Gives how many points an output has.
 *
 * @throws SatchelException model/wrong-output.
 */
internal fun landmarkCount(step: Landmarks, shape: List<Int>): Int {
    val size = shape.fold(1L) { all, side -> all * side }
    if (size > 0 && size % step.dimensions == 0L) return (size / step.dimensions).toInt()
    val message = "expected a multiple of ${step.dimensions} numbers, found $size"
    throw SatchelException("model/wrong-output", message, hint = OTHER_OUTPUT)
}

private fun peakOf(maps: FloatArray, planes: Planes, k: Int): Int {
    val start = k * planes.next
    var peak = 0
    for (place in 1 until planes.width * planes.height) {
        if (maps[start + place * planes.place] > maps[start + peak * planes.place]) peak = place
    }
    return peak
}

/** Gives 0.25 towards the larger of the two neighbours along one axis; 0 at a border and between equals. */
private fun quarter(maps: FloatArray, at: Int, next: Int, place: Int, count: Int): Float {
    if (place == 0 || place == count - 1) return 0f
    val (before, behind) = maps[at - next] to maps[at + next]
    return if (behind > before) {
        QUARTER
    } else if (behind < before) {
        -QUARTER
    } else {
        0f
    }
}

private fun fraction(place: Float, count: Int, position: Position): Float = when (position) {
    Position.CORNER -> place / count
    Position.CENTER -> (place + 0.5f) / count
    Position.ENDS -> place / maxOf(count - 1, 1)
}
