package dev.satchel.ops

import dev.satchel.Floats
import dev.satchel.Mask
import dev.satchel.SatchelException
import dev.satchel.families.Axis
import dev.satchel.steps.Order
import dev.satchel.steps.ResizeMethod
import java.math.BigInteger

private const val BYTE_CLASSES = 256

/** Scores that a resize may make: a mask of the whole photo has as many for each class. */
private const val MAX_VALUES = 1L shl 27

/**
 * Gives the best class at each place, the lower index among equals.
 *
 * @param threshold for one channel or two: 1 where the last one's score is at least this (rounded to binary32), else 0.
 * @throws SatchelException model/wrong-output, model/nan-output.
 */
internal fun argmaxMask(scores: FloatArray, planes: Planes, threshold: Double?): Mask {
    refuseNan(scores)
    if (!thresholdFits(planes.classes, threshold)) {
        val expected = if (threshold != null) "one score or two" else "two scores or more"
        throw SatchelException("model/wrong-output", "expected $expected at each place, found ${planes.classes}", hint = OTHER_OUTPUT)
    }
    val size = planes.width * planes.height
    if (threshold != null) {
        val last = (planes.classes - 1) * planes.next
        val least = threshold.toFloat()
        return Mask(planes.width, planes.height, ByteArray(size) { if (scores[it * planes.place + last] >= least) 1 else 0 })
    }
    if (planes.classes > BYTE_CLASSES) return Mask(planes.width, planes.height, IntArray(size) { best(scores, planes, it) })
    return Mask(planes.width, planes.height, ByteArray(size) { best(scores, planes, it).toByte() })
}

private fun best(scores: FloatArray, planes: Planes, place: Int): Int {
    val start = place * planes.place
    var best = 0
    var most = scores[start]
    for (c in 1 until planes.classes) {
        val each = scores[start + c * planes.next]
        if (each > most) {
            most = each
            best = c
        }
    }
    return best
}

/** Says whether so many scores at a place go with a threshold, or with none. */
internal fun thresholdFits(count: Int, threshold: Double?): Boolean = if (threshold == null) count > 1 else count <= 2

/**
 * One axis of a resize: [cells] cells from [cell] on become [pixels] pixels from [pixel] on, of [length] that there are.
 *
 * @property flipped whether the cells are taken in the opposite order.
 */
internal class Shown(
    val cell: Int,
    val cells: Int,
    val pixel: Int,
    val pixels: Int,
    val length: Int,
    val flipped: Boolean,
)

/** Gives the axis of a resize of all cells to a length. */
internal fun shown(length: Int, cells: Int): Shown = Shown(0, cells, 0, length, length, false)

/**
 * Gives which of [cells] cells over the prepared picture show some of the photo, and the pixels that they show.
 *
 * The ends are exact places rounded to the nearest whole, up at a half; there is at least one cell and one pixel.
 */
internal fun shown(axis: Axis, cells: Int): Shown {
    val prepared = axis.prepared.toBigInteger()
    val wanted = listOf(BigInteger.ZERO, prepared).map { rounded(it * axis.scale + axis.offset, axis.divisor) }
    val there = listOf(BigInteger.ZERO, axis.given.toBigInteger()).map {
        rounded((it * axis.divisor - axis.offset) * cells.toBigInteger(), axis.scale * prepared)
    }
    val (cell, lastCell) = within(there.sorted(), cells)
    val (pixel, lastPixel) = within(wanted.sorted(), axis.given)
    return Shown(cell, lastCell - cell, pixel, lastPixel - pixel, axis.given, axis.scale.signum() < 0)
}

private fun rounded(above: BigInteger, below: BigInteger): BigInteger {
    val sign = below.signum().toBigInteger()
    val (up, down) = (above * sign * BigInteger.valueOf(2) + below * sign) to (below * sign * BigInteger.valueOf(2))
    return (up - up.mod(down)) / down
}

private fun within(ends: List<BigInteger>, length: Int): Pair<Int, Int> {
    val last = length.toBigInteger()
    val first = ends[0].coerceIn(BigInteger.ZERO, last - BigInteger.ONE)
    return first.toInt() to ends[1].coerceAtLeast(first + BigInteger.ONE).coerceAtMost(last).toInt()
}

/**
 * Gives a mask at another size, each pixel that of the nearest: tf.image.resize's nearest; 0 where nothing is shown.
 *
 * @throws SatchelException input/too-large.
 */
internal fun resizeMask(mask: Mask, x: Shown, y: Shown): Mask {
    refuseLarge(x.length, y.length, 1)
    return picked(mask, nearestOf(x), nearestOf(y))
}

private fun nearestOf(axis: Shown): IntArray {
    val found = IntArray(axis.length) { -1 }
    nearestOf(axis.cells, axis.pixels, 0, axis.pixels).forEachIndexed { place, cell ->
        found[axis.pixel + place] = axis.cell + if (axis.flipped) axis.cells - 1 - cell else cell
    }
    return found
}

/**
 * Gives scores at another size, in the same layout: tf.image.resize; 0 where nothing is shown.
 *
 * @throws SatchelException input/too-large.
 */
internal fun resizeScores(scores: FloatArray, planes: Planes, order: Order, method: ResizeMethod, x: Shown, y: Shown): Floats {
    refuseLarge(x.length, y.length, planes.classes)
    val resizer = resizer(method)
    val whole = Window(0, 0, x.pixels, y.pixels)
    val found = FloatArray(x.length * y.length * planes.classes)
    val channels = if (order == Order.NHWC) planes.classes else 1
    for (plane in 0 until planes.classes / channels) {
        val resized = resizer.run(part(scores, planes, plane * planes.next, channels, x, y), x.pixels, y.pixels, whole)
        for (row in 0 until y.pixels) {
            val to = (plane * y.length + y.pixel + row) * x.length + x.pixel
            resized.floats.copyInto(found, to * channels, row * resized.row, row * resized.row + x.pixels * channels)
        }
    }
    val (high, wide) = y.length to x.length
    val shape = if (order == Order.NHWC) intArrayOf(1, high, wide, planes.classes) else intArrayOf(1, planes.classes, high, wide)
    return Floats(found, shape)
}

/** Gives the cells that are shown as a picture, in the order of the photo. */
private fun part(scores: FloatArray, planes: Planes, start: Int, channels: Int, x: Shown, y: Shown): Picture {
    val row = planes.width * planes.place
    val image = Picture()
    image.floats = scores
    image.floating = true
    image.width = x.cells
    image.height = y.cells
    image.channels = channels
    image.step = if (x.flipped) -planes.place else planes.place
    image.row = if (y.flipped) -row else row
    val left = if (x.flipped) x.cell + x.cells - 1 else x.cell
    val top = if (y.flipped) y.cell + y.cells - 1 else y.cell
    image.offset = start + top * row + left * planes.place
    return image
}

private fun refuseLarge(width: Int, height: Int, channels: Int) {
    if (width.toLong() * height * channels <= MAX_VALUES) return
    val message = "resizing makes $channels scores for each of $width x $height pixels, more than $MAX_VALUES"
    throw SatchelException("input/too-large", message, hint = "Take argmax_mask before resize_mask, or a smaller size.")
}
