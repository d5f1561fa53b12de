package dev.satchel.app.views

import android.graphics.Rect
import android.graphics.drawable.GradientDrawable
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.LinearLayout
import android.widget.TextView
import dev.satchel.Answer
import dev.satchel.app.R
import dev.satchel.app.state.Problem
import dev.satchel.app.state.Times
import dev.satchel.app.state.Trouble

/** Gives a view that the layout has. */
internal fun <T : View> View.find(id: Int): T = findViewById(id)!!

internal fun View.text(id: Int): TextView = find(id)

/** Shows a view, or takes it and its room away. */
internal fun View.visible(shown: Boolean) {
    visibility = if (shown) View.VISIBLE else View.GONE
}

/** Sets a text that a screen reader says when it changes, and only then. */
internal fun TextView.say(words: CharSequence) {
    if (text.toString() != words.toString()) text = words
}

/** Scrolls to a view that has just appeared, as soon as it has its place. */
internal fun View.comeIntoSight() {
    val placed = object : View.OnLayoutChangeListener {
        override fun onLayoutChange(view: View, l: Int, t: Int, r: Int, b: Int, oldL: Int, oldT: Int, oldR: Int, oldB: Int) {
            view.removeOnLayoutChangeListener(this)
            view.post { view.requestRectangleOnScreen(Rect(0, 0, view.width, view.height), true) }
        }
    }
    addOnLayoutChangeListener(placed)
    requestLayout()
}

/** Makes a group's children as many as the things, each made once and filled every time. */
internal fun <T> ViewGroup.each(things: List<T>, layout: Int, fill: (View, T) -> Unit) {
    while (childCount > things.size) removeViewAt(childCount - 1)
    while (childCount < things.size) LayoutInflater.from(context).inflate(layout, this, true)
    things.forEachIndexed { place, thing -> fill(getChildAt(place), thing) }
}

/** Why something did not work: a title, what was found, what to do, the library's code. */
internal class Notice(root: View) {
    private val notice: View = root.find(R.id.notice)
    private var shown: Problem? = null

    fun show(problem: Problem?) {
        val fresh = problem != shown
        shown = problem
        notice.visible(problem != null)
        if (problem == null) return
        notice.text(R.id.notice_title).say(notice.resources.getString(titleOf(problem.trouble)))
        part(R.id.notice_message, problem.message)
        part(R.id.notice_advice, notice.resources.getString(adviceOn(problem.trouble)))
        part(R.id.notice_code, problem.code)
        if (fresh) notice.comeIntoSight()
    }

    private fun part(id: Int, words: String) {
        notice.text(id).say(words)
        notice.text(id).visible(words.isNotEmpty())
    }
}

private fun titleOf(trouble: Trouble): Int = when (trouble) {
    Trouble.BUNDLE -> R.string.trouble_bundle
    Trouble.PHOTO -> R.string.trouble_photo
    Trouble.MODEL -> R.string.trouble_model
    Trouble.SERVER -> R.string.trouble_server
    Trouble.STORAGE -> R.string.trouble_storage
    Trouble.NO_RIGHT_ANSWER -> R.string.trouble_no_right_answer
    Trouble.NO_MEMORY -> R.string.trouble_no_memory
    Trouble.NO_APP -> R.string.trouble_no_app
    Trouble.NO_CAMERA -> R.string.trouble_no_camera
    Trouble.CAMERA_REFUSED -> R.string.trouble_camera_refused
    Trouble.CAMERA_DISABLED -> R.string.trouble_camera_disabled
    Trouble.CAMERA_IN_USE -> R.string.trouble_camera_in_use
    Trouble.CAMERA_GONE -> R.string.trouble_camera_gone
    Trouble.CAMERA_BROKEN -> R.string.trouble_camera_broken
    Trouble.NOT_A_PHOTO_MODEL -> R.string.trouble_not_a_photo_model
}

private fun adviceOn(trouble: Trouble): Int = when (trouble) {
    Trouble.BUNDLE -> R.string.advice_bundle
    Trouble.PHOTO -> R.string.advice_photo
    Trouble.MODEL -> R.string.advice_model
    Trouble.SERVER -> R.string.advice_server
    Trouble.STORAGE -> R.string.advice_storage
    Trouble.NO_RIGHT_ANSWER -> R.string.advice_no_right_answer
    Trouble.NO_MEMORY -> R.string.advice_no_memory
    Trouble.NO_APP -> R.string.advice_no_app
    Trouble.NO_CAMERA -> R.string.advice_no_camera
    Trouble.CAMERA_REFUSED -> R.string.advice_camera_refused
    Trouble.CAMERA_DISABLED -> R.string.advice_camera_disabled
    Trouble.CAMERA_IN_USE -> R.string.advice_camera_in_use
    Trouble.CAMERA_GONE -> R.string.advice_camera_gone
    Trouble.CAMERA_BROKEN -> R.string.advice_camera_broken
    Trouble.NOT_A_PHOTO_MODEL -> R.string.advice_not_a_photo_model
}

/** The answer as text: the best in large type, then labelled bars. Each line is read aloud as one. */
internal class AnswerPart(root: View) {
    private val best: View = root.find(R.id.best)
    private val rows: ViewGroup = root.find(R.id.rows)

    /** Shows an answer, and gives it as text. */
    fun show(answer: Answer, score: Float): AnswerText {
        val resources = best.resources
        val text = textOf(answer, resources, score)
        val spoken = if (text.value.isEmpty()) text.best else resources.getString(R.string.answer_spoken, text.best, text.value)
        if (best.contentDescription?.toString() != spoken) best.contentDescription = spoken
        best.text(R.id.best_label).say(text.best.replaceFirstChar { it.uppercaseChar() })
        best.text(R.id.best_share).say(text.value)
        val more = if (text.more > 0) listOf(AnswerRow(resources.getString(R.string.answer_more, text.more), "", null)) else emptyList()
        rows.each((text.rows + more).withIndex().toList(), R.layout.row) { view, (place, row) -> fill(view, row, place == 0) }
        return text
    }

    private fun fill(view: View, row: AnswerRow, first: Boolean) {
        val ink = view.context.getColor(if (first) R.color.ink else R.color.ink_soft)
        view.text(R.id.row_label).say(row.label)
        view.text(R.id.row_share).apply { say(row.value) }.setTextColor(ink)
        view.contentDescription =
            if (row.value.isEmpty()) row.label else view.resources.getString(R.string.answer_spoken, row.label, row.value)
        val bar = view.find<BarView>(R.id.row_bar)
        bar.visible(row.share != null)
        bar.show(row.share ?: 0f, first)
    }
}

/** Where the time went: the sum, a bar, and each stage by name. */
internal class TimesPart(root: View) {
    private val part: View = root.find(R.id.times)
    private val words = Words(part.resources)

    /** @param times names, colours and milliseconds. */
    fun show(head: Int, times: List<Triple<Int, Int, Double>>, by: String) {
        part.text(R.id.times_head).say(part.resources.getString(head))
        part.text(R.id.times_total).say(words.milliseconds(times.sumOf { it.third }))
        part.text(R.id.times_by).say(by)
        part.find<StagesView>(R.id.times_bar).show(times.map { part.context.getColor(it.second) to it.third })
        part.find<LinearLayout>(R.id.times_list).each(times, R.layout.stage) { view, (name, colour, ms) ->
            view.find<View>(R.id.stage_colour).background = swatch(view.context.getColor(colour))
            view.text(R.id.stage_name).setText(name)
            view.text(R.id.stage_time).say(words.milliseconds(ms))
        }
    }

    private fun swatch(colour: Int) = GradientDrawable().apply {
        cornerRadius = CORNER * part.resources.displayMetrics.density
        setColor(colour)
    }

    private companion object {
        const val CORNER = 3
    }
}

/** Gives the stages of a photo with their names and colours. */
internal fun stagesOf(times: Times): List<Triple<Int, Int, Double>> = listOf(
    Triple(R.string.stage_decode, R.color.stage_decode, times.decode),
    Triple(R.string.stage_prepare, R.color.stage_prepare, times.prepare),
    Triple(R.string.stage_infer, R.color.stage_infer, times.infer),
    Triple(R.string.stage_read, R.color.stage_read, times.read),
)
