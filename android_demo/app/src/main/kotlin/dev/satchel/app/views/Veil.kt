package dev.satchel.app.views

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Matrix
import dev.satchel.Mask
import dev.satchel.app.camera.Placement

/** A mask as a veil of its colour over every class but the first, with a line around it; it is drawn, and no model sees it. */
internal class Veil {
    private val matrix = Matrix()
    private var pixels = IntArray(0)
    private var bitmap: Bitmap? = null
    private var there = false
    private var width = 0
    private var height = 0
    private var step = 1

    /** Makes the veil of a mask, of every n-th pixel where it is large; null takes it away. */
    fun of(mask: Mask?) {
        there = mask != null
        if (mask == null) return
        val step = (maxOf(mask.width, mask.height) + LONGEST - 1) / LONGEST
        val (across, down) = (mask.width + step - 1) / step to (mask.height + step - 1) / step
        if (pixels.size < across * down) pixels = IntArray(across * down)
        val colours = HashMap<Int, Int>()
        for (y in 0 until down) {
            for (x in 0 until across) {
                val index = mask[y * step * mask.width + x * step]
                val colour = if (index == 0) Color.TRANSPARENT else colours.getOrPut(index) { colourOf(index) }
                val whole = index == 0 || edge(mask, x * step, y * step, step)
                pixels[y * across + x] = if (whole) colour else colour and 0xFFFFFF or VEIL
            }
        }
        val kept = bitmap?.takeIf { it.width == across && it.height == down }
        val drawn = kept ?: Bitmap.createBitmap(across, down, Bitmap.Config.ARGB_8888)
        drawn.setPixels(pixels, 0, across, 0, 0, across, down)
        bitmap = drawn
        width = mask.width
        height = mask.height
        this.step = step
    }

    /** Draws it over the picture that lies at a place and has a size; the mask is spread over all of it. */
    fun draw(canvas: Canvas, where: Placement, width: Int, height: Int) {
        val drawn = bitmap?.takeIf { there } ?: return
        matrix.setValues(where.values())
        matrix.preScale(width.toFloat() / this.width * step, height.toFloat() / this.height * step)
        canvas.drawBitmap(drawn, matrix, null)
    }

    private fun edge(mask: Mask, x: Int, y: Int, step: Int): Boolean {
        val place = y * mask.width + x
        val index = mask[place]
        return (x >= step && mask[place - step] != index) ||
            (x + step < mask.width && mask[place + step] != index) ||
            (y >= step && mask[place - step * mask.width] != index) ||
            (y + step < mask.height && mask[place + step * mask.width] != index)
    }

    private companion object {
        const val VEIL = 0x73 shl 24

        /** Pixels of its longest side: as many as what is shown of a photo. */
        const val LONGEST = 1440
    }
}
