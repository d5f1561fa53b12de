package dev.satchel.app.views

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.util.AttributeSet
import android.view.View
import dev.satchel.app.R

/** A bar that is filled by a share of its width; the text beside it says the same. */
class BarView
    @JvmOverloads
    constructor(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
        private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
        private var share = 0f
        private var first = false

        /** @param first whether it is that of the best, which has the colour of the app. */
        fun show(share: Float, first: Boolean) {
            this.share = share
            this.first = first
            invalidate()
        }

        override fun onDraw(canvas: Canvas) {
            val round = height / 2f
            paint.color = context.getColor(R.color.sunk)
            canvas.drawRoundRect(0f, 0f, width.toFloat(), height.toFloat(), round, round, paint)
            paint.color = context.getColor(if (first) R.color.accent_fill else R.color.bar_plain)
            val wide = filled(share, width.toFloat(), height.toFloat())
            val left = if (layoutDirection == LAYOUT_DIRECTION_RTL) width - wide else 0f
            canvas.drawRoundRect(left, 0f, left + wide, height.toFloat(), round, round, paint)
        }
    }

/** Gives how wide a share is of a bar, at least as wide as it is high: something is always seen. */
internal fun filled(share: Float, width: Float, height: Float): Float =
    if (share.isNaN()) 0f else (share.coerceIn(0f, 1f) * width).coerceAtLeast(minOf(height, width))

/** Where the time went: one bar, a part for each stage. */
class StagesView
    @JvmOverloads
    constructor(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
        private val paint = Paint()
        private val outline = Path()
        private val unit = resources.displayMetrics.density
        private var times = emptyList<Pair<Int, Double>>()

        /** @param times colour and milliseconds of each stage. */
        fun show(times: List<Pair<Int, Double>>) {
            this.times = times
            invalidate()
        }

        override fun onDraw(canvas: Canvas) {
            outline.reset()
            outline.addRoundRect(0f, 0f, width.toFloat(), height.toFloat(), CORNER * unit, CORNER * unit, Path.Direction.CW)
            canvas.clipPath(outline)
            val ends = parts(times.map { it.second }, width.toFloat(), GAP * unit)
            times.forEachIndexed { place, (colour, _) ->
                paint.color = colour
                canvas.drawRect(ends[2 * place], 0f, ends[2 * place + 1], height.toFloat(), paint)
            }
        }

        private companion object {
            const val CORNER = 4
            const val GAP = 2
        }
    }

/**
 * Gives left and right of each part of a bar: as wide as its share, at least as wide as a gap, with gaps between.
 *
 * @param shares not negative.
 */
internal fun parts(shares: List<Double>, width: Float, gap: Float): FloatArray {
    val room = width - gap * (shares.size - 1)
    val sum = shares.sum().takeIf { it > 0 } ?: 1.0
    val least = shares.map { maxOf(it / sum, (gap / room).toDouble()) }
    val whole = least.sum()
    val ends = FloatArray(2 * shares.size)
    var at = 0f
    least.forEachIndexed { place, share ->
        ends[2 * place] = at
        at += (share / whole * room).toFloat()
        ends[2 * place + 1] = at
        at += gap
    }
    return ends
}
