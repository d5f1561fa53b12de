package dev.satchel.app.camera

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Matrix
import android.graphics.Paint
import android.graphics.RectF
import dev.satchel.Frame
import dev.satchel.Pipeline
import dev.satchel.parseSpec
import org.json.JSONArray

/** Quarters clockwise after the flip by which the camera service turns what a front camera gives, for each sensor orientation. */
private val FRONT_QUARTERS = mapOf(0 to 0, 90 to 3, 180 to 2, 270 to 1)

/** The pixels of a frame as they are. */
private val plain = Pipeline(parseSpec(specOf(JSONArray("""[{"op": "decode"}, {"op": "rescale", "factor": 1}]"""))), emptyMap())

/** How the camera service asks a window to turn what a sensor gives: first flipped or not, then by quarters clockwise. */
class Turned(facing: Facing, sensorOrientation: Int) {
    val flipped = facing == Facing.FRONT
    val quarters = if (flipped) FRONT_QUARTERS.getValue(sensorOrientation) else sensorOrientation / 90
}

/** Draws the preview of a frame as a TextureView with this transform shows it: there is no camera to draw it itself. */
fun drawPreview(canvas: Canvas, frame: Frame, turned: Turned, transform: Matrix, width: Int, height: Int) {
    val natural = Matrix().apply {
        if (turned.flipped) postScale(-1f, 1f)
        postRotate(90f * turned.quarters)
    }
    val sensor = bitmapOf(frame)
    val shown = Bitmap.createBitmap(sensor, 0, 0, sensor.width, sensor.height, natural, false)
    canvas.save()
    canvas.clipRect(0, 0, width, height)
    canvas.concat(transform)
    canvas.drawBitmap(shown, null, RectF(0f, 0f, width.toFloat(), height.toFloat()), Paint(Paint.FILTER_BITMAP_FLAG))
    canvas.restore()
}

/** Gives the picture of a frame, not turned. */
private fun bitmapOf(frame: Frame): Bitmap {
    val asItIs = frame.run {
        Frame(width, height, y, u, v, yRowStride, uRowStride, vRowStride, yPixelStride, uvPixelStride, range, 0)
    }
    val values = FloatArray(frame.width * frame.height * 3).also { plain.prepare(asItIs).values.single().data.asFloatBuffer().get(it) }
    val pixels = IntArray(frame.width * frame.height) {
        Color.rgb(values[3 * it].toInt(), values[3 * it + 1].toInt(), values[3 * it + 2].toInt())
    }
    return Bitmap.createBitmap(pixels, frame.width, frame.height, Bitmap.Config.ARGB_8888)
}
