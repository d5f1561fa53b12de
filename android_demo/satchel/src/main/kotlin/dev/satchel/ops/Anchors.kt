package dev.satchel.ops

import dev.satchel.steps.Anchors

private const val LOWEST = 0.1

/** A kind of anchor: its scale, and its ratio of width to height. */
internal data class AnchorShape(val scale: Double, val ratio: Double)

/**
 * Gives the anchors of an SSD head: centre y, centre x, height and width of each, in fractions of the picture.
 *
 * Grid after grid, row after row, cell after cell; in each cell in the order of [shapesOf]. Source: the multiple-grid anchor
 * generator of the TensorFlow Object Detection API (create_ssd_anchors), with a base size of 1 and strides of 1 / cells.
 * Scales are computed in binary64 and rounded once; what follows is binary32.
 */
internal fun ssdAnchors(given: Anchors): FloatArray {
    val found = FloatArray(Math.toIntExact(4 * anchorCount(given)))
    var at = 0
    given.grids.forEachIndexed { place, (rows, columns) ->
        val sides = sidesOf(shapesOf(given, place))
        val (down, across) = centres(rows) to centres(columns)
        for (y in down) {
            for (x in across) {
                for (shape in 0 until sides.size / 2) {
                    found[at] = y
                    found[at + 1] = x
                    found[at + 2] = sides[2 * shape]
                    found[at + 3] = sides[2 * shape + 1]
                    at += 4
                }
            }
        }
    }
    return found
}

/** Gives how many anchors there are. */
internal fun anchorCount(given: Anchors): Long =
    given.grids.withIndex().sumOf { (place, grid) -> grid[0].toLong() * grid[1] * shapesOf(given, place).size }

/** Gives the scale of grid number [place] in binary64; 1 behind the last. */
internal fun gridScale(given: Anchors, place: Int): Double {
    val last = given.grids.size - 1
    if (place > last) return 1.0
    return if (last == 0) given.minScale else given.minScale + (given.maxScale - given.minScale) * place / last
}

/** Gives the kinds of anchors in a cell of grid number [place]. */
internal fun shapesOf(given: Anchors, place: Int): List<AnchorShape> {
    val scale = gridScale(given, place)
    if (place == 0 && given.reduceLowest) return listOf(AnchorShape(LOWEST, 1.0), AnchorShape(scale, 2.0), AnchorShape(scale, 0.5))
    val shapes = given.aspectRatios.map { AnchorShape(scale, it) }
    val ratio = given.interpolatedRatio ?: return shapes
    return shapes + AnchorShape(Math.sqrt(scale * gridScale(given, place + 1)), ratio)
}

/** Gives height and width of each kind. */
private fun sidesOf(shapes: List<AnchorShape>): FloatArray = FloatArray(2 * shapes.size) {
    val (scale, ratio) = shapes[it / 2]
    val root = Math.sqrt(ratio.toFloat().toDouble()).toFloat()
    if (it % 2 == 0) scale.toFloat() / root else scale.toFloat() * root
}

/** Gives p * (1 / count) + 0.5 * (1 / count) for every cell p; the quotient is rounded before it is used. */
private fun centres(count: Int): FloatArray {
    val stride = 1f / count
    return FloatArray(count) { it * stride + 0.5f * stride }
}
