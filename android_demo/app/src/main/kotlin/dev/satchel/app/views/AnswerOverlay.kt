package dev.satchel.app.views

import android.content.Context
import android.graphics.Canvas
import android.util.AttributeSet
import android.view.View
import dev.satchel.Answer
import dev.satchel.app.camera.Placement

/**
 * What was found, drawn over a photo or a preview: boxes with labels, keypoints as dots, a mask as a veil.
 *
 * It lies upon the view that shows the picture, and is of its size.
 */
class AnswerOverlay(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    /** A thing as it is drawn, made once for all drawings of an answer. */
    private class Named(val thing: Answer.Object, val text: String, val colour: Int)

    private val painter = AnswerPainter(resources)
    private val veil = Veil()
    private val sides = FloatArray(4)
    private var answer: Answer? = null
    private var named = emptyList<Named>()
    private var placement: Placement? = null
    private var pictureWidth = 0
    private var pictureHeight = 0

    /** Things with less are not drawn. */
    var score: Float = 0f
        set(value) {
            if (field == value) return
            field = value
            name()
        }

    /**
     * Draws an answer from now on, in place of the one before.
     *
     * @param placement where the picture lies in this view that the model saw.
     * @param pictureWidth pixels of that picture, upright as the model saw it.
     */
    fun show(answer: Answer, placement: Placement, pictureWidth: Int, pictureHeight: Int) {
        this.answer = answer
        this.placement = placement
        this.pictureWidth = pictureWidth
        this.pictureHeight = pictureHeight
        veil.of(answer.mask)
        name()
    }

    /** Draws the same answer elsewhere: the view, or the display, has turned. */
    fun move(placement: Placement) {
        this.placement = placement
        invalidate()
    }

    /** Draws nothing any more. */
    fun clear() {
        answer = null
        veil.of(null)
        name()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val found = answer ?: return
        val where = placement ?: return
        veil.draw(canvas, where, pictureWidth, pictureHeight)
        // The first is the surest, and is drawn last: upon the others.
        for (place in named.lastIndex downTo 0) {
            val each = named[place]
            painter.box(canvas, where.place(each.thing.box, sides), each.text, each.colour)
        }
        found.keypoints?.let { painter.points(canvas, it, where) }
    }

    /** Makes what is written on the things that are sure enough. */
    private fun name() {
        val found = answer?.objects
        named = found.orEmpty().filter { score <= 0f || it.score >= score }.map { Named(it, textOf(it), colourOf(it.index)) }
        contentDescription = found?.let { named.joinToString { it.text } }
        invalidate()
    }
}
