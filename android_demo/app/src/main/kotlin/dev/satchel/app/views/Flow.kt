package dev.satchel.app.views

import android.content.Context
import android.util.AttributeSet
import android.view.View
import android.view.ViewGroup
import kotlin.math.max

/** Puts its children side by side, and those that find no room any more in the next line. */
class Flow
    @JvmOverloads
    constructor(context: Context, attributes: AttributeSet? = null) : ViewGroup(context, attributes) {
        private val gap = (GAP * resources.displayMetrics.density).toInt()

        override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
            val room = if (MeasureSpec.getMode(widthMeasureSpec) ==
                MeasureSpec.UNSPECIFIED
            ) {
                Int.MAX_VALUE
            } else {
                MeasureSpec.getSize(widthMeasureSpec)
            }
            for (child in children()) measureChild(child, widthMeasureSpec, heightMeasureSpec)
            val lines = linesOf(children(), room)
            val wide = lines.maxOfOrNull(::widthOf) ?: 0
            val high = lines.sumOf { line -> line.maxOf { it.measuredHeight } } + gap * max(lines.size - 1, 0)
            setMeasuredDimension(resolveSize(wide, widthMeasureSpec), resolveSize(high, heightMeasureSpec))
        }

        override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
            val wide = right - left
            val mirrored = layoutDirection == LAYOUT_DIRECTION_RTL
            var y = 0
            for (line in linesOf(children(), wide)) {
                var x = 0
                for (child in line) {
                    val at = if (mirrored) wide - x - child.measuredWidth else x
                    child.layout(at, y, at + child.measuredWidth, y + child.measuredHeight)
                    x += child.measuredWidth + gap
                }
                y += line.maxOf { it.measuredHeight } + gap
            }
        }

        private fun children(): List<View> = (0 until childCount).map(::getChildAt).filter { it.visibility != GONE }

        private fun widthOf(line: List<View>) = line.sumOf { it.measuredWidth } + gap * (line.size - 1)

        private fun linesOf(views: List<View>, room: Int): List<List<View>> {
            val lines = ArrayList<MutableList<View>>()
            for (view in views) {
                val last = lines.lastOrNull()
                if (last != null && widthOf(last) + gap + view.measuredWidth <= room) last.add(view) else lines.add(mutableListOf(view))
            }
            return lines
        }

        private companion object {
            const val GAP = 8
        }
    }
