package dev.satchel.app.views

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Matrix
import android.graphics.Outline
import android.graphics.Paint
import android.util.AttributeSet
import android.view.View
import android.view.ViewOutlineProvider
import android.widget.FrameLayout
import dev.satchel.app.camera.Placement

/** Shows a picture, all of it and as large as it can. */
class PictureView
    @JvmOverloads
    constructor(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
        private val paint = Paint(Paint.FILTER_BITMAP_FLAG)
        private val matrix = Matrix()
        private var picture: Bitmap? = null

        init {
            outlineProvider = Rounded
            clipToOutline = true
        }

        /** @param text what people hear who do not see it. */
        fun show(picture: Bitmap?, text: String?) {
            this.picture = picture
            contentDescription = text
            invalidate()
        }

        override fun onDraw(canvas: Canvas) {
            val shown = picture ?: return
            matrix.setValues(Placement.fit(shown.width, shown.height, width, height).values())
            canvas.drawBitmap(shown, matrix, paint)
        }
    }

/** The place of a photo: as high as the photo is at this width, but never more than most of the screen. */
class PhotoStage
    @JvmOverloads
    constructor(context: Context, attributes: AttributeSet? = null) : FrameLayout(context, attributes) {
        private var shape: Float? = null

        init {
            outlineProvider = Rounded
            clipToOutline = true
        }

        /** Takes the shape of a photo; without sizes that of what lies in it. */
        fun shape(width: Int, height: Int) {
            shape = if (width > 0) height.toFloat() / width else null
            requestLayout()
        }

        override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
            val shown = shape ?: return super.onMeasure(widthMeasureSpec, heightMeasureSpec)
            val most = resources.displayMetrics.heightPixels * MOST
            val high = minOf(MeasureSpec.getSize(widthMeasureSpec) * shown, most).toInt()
            super.onMeasure(widthMeasureSpec, MeasureSpec.makeMeasureSpec(high, MeasureSpec.EXACTLY))
        }

        private companion object {
            const val MOST = 0.62f
        }
    }

private object Rounded : ViewOutlineProvider() {
    private const val CORNER = 10

    override fun getOutline(view: View, outline: Outline) =
        outline.setRoundRect(0, 0, view.width, view.height, CORNER * view.resources.displayMetrics.density)
}
