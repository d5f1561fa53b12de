package dev.satchel.ops

import dev.satchel.steps.Order

/**
 * How the scores of [classes] classes at each place of a picture lie: those of a place are [next] apart.
 *
 * @property place from the scores of one place to those of the next, row by row.
 */
internal class Planes(val width: Int, val height: Int, val classes: Int, val place: Int, val next: Int)

/** Gives how [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW) lies; null for any other shape, and for one without values. */
internal fun planes(shape: List<Int>, order: Order): Planes? {
    if (shape.size != 4 || shape[0] != 1 || 0 in shape) return null
    if (order == Order.NHWC) return Planes(shape[2], shape[1], shape[3], shape[3], 1)
    return Planes(shape[3], shape[2], shape[1], 1, shape[2] * shape[3])
}
