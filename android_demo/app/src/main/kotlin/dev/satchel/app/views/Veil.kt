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

    /** Makes the veil of a mask; null takes it away. */
    fun of(mask: Mask?) {
        there = mask != null
        if (mask == null) return
        if (pixels.size < mask.size) pixels = IntArray(mask.size)
        val colours = HashMap<Int, Int>()
        for (place in 0 until mask.size) {
            val index = mask[place]
            val colour = if (index == 0) Color.TRANSPARENT else colours.getOrPut(index) { colourOf(index) }
            pixels[place] = if (index == 0 || edge(mask, place, index)) colour else colour and 0xFFFFFF or VEIL
        }
        val kept = bitmap?.takeIf { it.width == mask.width && it.height == mask.height }
        val drawn = kept ?: Bitmap.createBitmap(mask.width, mask.height, Bitmap.Config.ARGB_8888)
        drawn.setPixels(pixels, 0, mask.width, 0, 0, mask.width, mask.height)
        bitmap = drawn
    }

    /** Draws it over the picture that lies at a place and has a size; the mask is spread over all of it. */
    fun draw(canvas: Canvas, where: Placement, width: Int, height: Int) {
        val drawn = bitmap?.takeIf { there } ?: return
        matrix.setValues(where.values())
        matrix.preScale(width.toFloat() / drawn.width, height.toFloat() / drawn.height)
        canvas.drawBitmap(drawn, matrix, null)
    }

    private fun edge(mask: Mask, place: Int, index: Int): Boolean {
        val column = place % mask.width
        return (column > 0 && mask[place - 1] != index) ||
            (column < mask.width - 1 && mask[place + 1] != index) ||
            (place >= mask.width && mask[place - mask.width] != index) ||
            (place + mask.width < mask.size && mask[place + mask.width] != index)
    }

    private companion object {
        const val VEIL = 0x73 shl 24
    }
}
