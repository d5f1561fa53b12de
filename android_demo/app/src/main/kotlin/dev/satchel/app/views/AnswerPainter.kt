package dev.satchel.app.views

import android.content.res.Resources
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Typeface
import android.util.TypedValue
import dev.satchel.Answer
import dev.satchel.app.camera.Placement
import java.text.NumberFormat
import java.util.Locale

/** Draws boxes, plates with text and dots, each twice: dark and wide below, coloured above, so that it stands out from any picture. */
internal class AnswerPainter(resources: Resources) {
    private val unit = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, 1f, resources.displayMetrics)
    private val line = 3 * unit
    private val stroke = Paint(Paint.ANTI_ALIAS_FLAG).apply { style = Paint.Style.STROKE }
    private val fill = Paint(Paint.ANTI_ALIAS_FLAG)
    private val text = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        textSize = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, TEXT, resources.displayMetrics)
        typeface = Typeface.DEFAULT_BOLD
    }
    private val metrics = text.fontMetrics
    private val plateHeight = metrics.bottom - metrics.top + 2 * unit

    /** Draws a box, left, top, right and bottom in the view, with its text above it, or in it where there is no room. */
    fun box(canvas: Canvas, sides: FloatArray, label: String, colour: Int) {
        val left = sides[0].coerceIn(0f, canvas.width.toFloat())
        val top = sides[1].coerceIn(0f, canvas.height.toFloat())
        val right = sides[2].coerceIn(left, canvas.width.toFloat())
        val bottom = sides[3].coerceIn(top, canvas.height.toFloat())
        val inset = line / 2
        val across = maxOf(right - inset, left + inset + 1)
        val down = maxOf(bottom - inset, top + inset + 1)
        canvas.drawRect(left + inset, top + inset, across, down, drawnWith(DARK, line + 2 * unit))
        canvas.drawRect(left + inset, top + inset, across, down, drawnWith(colour, line))
        plate(canvas, left, if (top >= plateHeight) top - plateHeight else top, label, colour)
    }

    /** Draws keypoints, with their names where they are few. */
    fun points(canvas: Canvas, found: List<Answer.Keypoint>, where: Placement) {
        if (found.size <= NAMED_POINTS) found.forEachIndexed { index, point -> name(canvas, index, point, where) }
        found.forEachIndexed { index, point ->
            val x = where.x(point.x, point.y)
            val y = where.y(point.x, point.y)
            fill.color = DARK
            canvas.drawCircle(x, y, line + 2 * unit, fill)
            fill.color = colourOf(index)
            canvas.drawCircle(x, y, line + unit / 2, fill)
        }
    }

    private fun name(canvas: Canvas, index: Int, point: Answer.Keypoint, where: Placement) {
        val name = shortened(point.name ?: return)
        val x = where.x(point.x, point.y)
        val right = x + 2 * line
        val beside = if (right + wide(name) <= canvas.width) right else x - 2 * line - wide(name)
        plate(canvas, beside, where.y(point.x, point.y) - plateHeight / 2, name, colourOf(index))
    }

    /** Writes on a plate of a colour, moved so that all of it is in the view. */
    private fun plate(canvas: Canvas, left: Float, top: Float, label: String, colour: Int) {
        val wide = wide(label)
        val x = left.coerceIn(0f, maxOf(canvas.width - wide, 0f))
        val y = top.coerceIn(0f, maxOf(canvas.height - plateHeight, 0f))
        fill.color = colour
        canvas.drawRoundRect(x, y, x + wide, y + plateHeight, line, line, fill)
        canvas.drawRoundRect(x, y, x + wide, y + plateHeight, line, line, drawnWith(DARK, unit))
        text.color = inkOn(colour)
        canvas.drawText(label, x + 2 * line, y + unit - metrics.top, text)
    }

    private fun drawnWith(colour: Int, thick: Float): Paint = stroke.apply {
        color = colour
        strokeWidth = thick
    }

    private fun wide(label: String) = text.measureText(label) + 4 * line

    private companion object {
        const val TEXT = 13f
        const val NAMED_POINTS = 33
    }
}

/** Gives what is written on a thing: its label, and how sure the model is. */
internal fun textOf(found: Answer.Object): String = "${shortened(found.label ?: "Class ${found.index}")}  ${scoreText(found.score)}"

private fun scoreText(score: Float): String = when (score) {
    in 0f..1f -> NumberFormat.getPercentInstance().format(score)
    else -> String.format(Locale.getDefault(), "%.3g", score)
}

/** Gives a stranger's text in one short line, with characters of control and of direction written as U+XXXX. */
internal fun shortened(text: String): String {
    val shown = UNSEEN.replace(text) { String.format(Locale.ROOT, "⟨U+%04X⟩", it.value[0].code) }
    return if (shown.length <= LONGEST) shown else shown.take(LONGEST - 1) + "…"
}

private val UNSEEN = Regex("[\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")
private const val LONGEST = 48
