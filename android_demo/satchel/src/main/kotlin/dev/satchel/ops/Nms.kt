package dev.satchel.ops

import dev.satchel.Detections
import dev.satchel.SatchelException
import dev.satchel.steps.Nms

/**
 * Gives the detections that stay, best first, the lower index first among equals.
 *
 * The overlap is tf.image.non_max_suppression's, in binary32 in the same order of operations; visiting equal scores by
 * lower index is its order too.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun nms(found: Detections, step: Nms): Detections {
    refuseNan("score", found.scores, 1)
    refuseNan("box", found.boxes, 4)
    val least = step.score.toFloat()
    val most = step.iou.toFloat()
    val boxes = SortedBoxes(found.boxes)
    val kept = IntArray(minOf(step.max, found.scores.size))
    var count = 0
    for (place in bestFirst(found.scores)) {
        if (count == kept.size || found.scores[place] < least) break
        var better = 0
        while (better < count && !(sameGroup(found, step, kept[better], place) && boxes.overlap(kept[better], place) > most)) better++
        if (better == count) kept[count++] = place
    }
    return picked(found, kept.copyOf(count))
}

private fun sameGroup(found: Detections, step: Nms, one: Int, other: Int) = !step.perClass || found.classes[one] == found.classes[other]

/** Gives the detections at these places, in this order. */
internal fun picked(found: Detections, places: IntArray): Detections = Detections(
    FloatArray(4 * places.size) { found.boxes[4 * places[it / 4] + it % 4] },
    FloatArray(places.size) { found.scores[places[it]] },
    IntArray(places.size) { found.classes[places[it]] },
    found.labels?.slice(places.asList()),
)

/** Boxes with left <= right and top <= bottom, and their areas. */
private class SortedBoxes(given: FloatArray) {
    private val sides = FloatArray(given.size) {
        val low = it - it % 4 + it % 2
        if (it % 4 < 2) minOf(given[low], given[low + 2]) else maxOf(given[low], given[low + 2])
    }
    private val areas = FloatArray(given.size / 4) { (sides[4 * it + 3] - sides[4 * it + 1]) * (sides[4 * it + 2] - sides[4 * it]) }

    /**
     * Gives inter / ((area + area) - inter) with inter = max(bottom - top, 0) * max(right - left, 0) of what both cover; 0 where
     * one has no area.
     */
    fun overlap(one: Int, other: Int): Float {
        if (!(areas[one] > 0) || !(areas[other] > 0)) return 0f
        val a = 4 * one
        val b = 4 * other
        val high = maxOf(minOf(sides[a + 3], sides[b + 3]) - maxOf(sides[a + 1], sides[b + 1]), 0f)
        val wide = maxOf(minOf(sides[a + 2], sides[b + 2]) - maxOf(sides[a], sides[b]), 0f)
        val inter = high * wide
        return inter / (areas[one] + areas[other] - inter)
    }
}

private fun refuseNan(name: String, values: FloatArray, each: Int) {
    val place = values.indexOfFirst { it.isNaN() }
    if (place >= 0) throw SatchelException("model/nan-output", "the $name of candidate ${place / each} is NaN", hint = BROKEN_MODEL)
}
