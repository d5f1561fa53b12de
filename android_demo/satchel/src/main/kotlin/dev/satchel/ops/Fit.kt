package dev.satchel.ops

import dev.satchel.SatchelException
import dev.satchel.refuseTooLarge
import dev.satchel.steps.Crop
import dev.satchel.steps.Fit
import dev.satchel.steps.Resize
import dev.satchel.steps.Rounding

/**
 * What a resize makes of a picture: it becomes [width] x [height], [window] of that is kept, and margins are put around.
 *
 * @property left margin in pixels.
 */
internal data class Fitted(
    val width: Int,
    val height: Int,
    val window: Window,
    val left: Int = 0,
    val top: Int = 0,
    val right: Int = 0,
    val bottom: Int = 0,
) {
    val padded: Boolean get() = left + top + right + bottom > 0
}

/**
 * Gives what a resize makes of width x height pixels.
 *
 * @throws SatchelException input/too-large.
 */
internal fun fitted(step: Resize, width: Int, height: Int): Fitted {
    val (wide, high) = resizedSize(step, width, height)
    refuseTooLarge(wide, high)
    val whole = Fitted(wide.toInt(), high.toInt(), Window(0, 0, wide.toInt(), high.toInt()))
    return when (step.fit) {
        Fit.COVER -> whole.copy(window = centred(whole.width, whole.height, step.width!!, step.height!!, step.offsetRounding!!))
        Fit.CONTAIN -> {
            val (across, down) = step.width!! - whole.width to step.height!! - whole.height
            whole.copy(left = across / 2, top = down / 2, right = across - across / 2, bottom = down - down / 2)
        }
        else -> whole
    }
}

private fun resizedSize(step: Resize, width: Int, height: Int): Pair<Long, Long> {
    if (step.fit == Fit.STRETCH) return step.width!!.toLong() to step.height!!.toLong()
    val rounding = step.sideRounding!!
    if (step.fit == Fit.SHORTER_SIDE) {
        val side = step.side!!.toLong()
        return if (width <= height) side to scaledSide(side, height, width, rounding) else scaledSide(side, width, height, rounding) to side
    }
    val (boxWidth, boxHeight) = step.width!!.toLong() to step.height!!.toLong()
    val wider = boxWidth * height >= boxHeight * width
    val found = if (wider == (step.fit == Fit.COVER)) {
        boxWidth to scaledSide(boxWidth, height, width, rounding)
    } else {
        scaledSide(boxHeight, width, height, rounding) to boxHeight
    }
    return maxOf(found.first, 1L) to maxOf(found.second, 1L)
}

/** Gives [side] * [by] / [of] as a whole number. */
internal fun scaledSide(side: Long, by: Int, of: Int, rounding: Rounding): Long = rounded(side * by, of.toLong(), rounding)

/** Gives the first of [kept] pixels in the middle of [length]. */
internal fun centreOffset(length: Int, kept: Int, rounding: Rounding): Int = rounded((length - kept).toLong(), 2, rounding).toInt()

private fun rounded(above: Long, below: Long, rounding: Rounding): Long {
    val whole = above / below
    val twice = 2 * (above % below)
    val up = rounding == Rounding.HALF_EVEN && (twice > below || (twice == below && whole % 2 == 1L))
    return if (up) whole + 1 else whole
}

/** Gives the first pixel that a central fraction keeps. */
private fun centralStart(length: Int, fraction: Double): Int = ((length - length * fraction) / 2).toInt()

/** Gives how many pixels a central fraction keeps. */
internal fun centralLength(length: Int, fraction: Double): Int = length - 2 * centralStart(length, fraction)

/**
 * Gives the part of width x height pixels that a crop keeps.
 *
 * @throws SatchelException input/too-small.
 */
internal fun cropWindow(step: Crop, width: Int, height: Int): Window {
    val fraction = step.centralFraction ?: return cropped(step, width, height)
    val (left, top) = centralStart(width, fraction) to centralStart(height, fraction)
    return Window(left, top, width - 2 * left, height - 2 * top)
}

private fun cropped(step: Crop, width: Int, height: Int): Window {
    if (width < step.width!! || height < step.height!!) {
        val message = "the crop takes ${step.width} x ${step.height} pixels, there are $width x $height"
        throw SatchelException("input/too-small", message, hint = "Give a larger photo, or put a resize before the crop.")
    }
    return centred(width, height, step.width, step.height, step.offsetRounding!!)
}

private fun centred(width: Int, height: Int, keptWidth: Int, keptHeight: Int, rounding: Rounding) =
    Window(centreOffset(width, keptWidth, rounding), centreOffset(height, keptHeight, rounding), keptWidth, keptHeight)
