package dev.satchel.app.camera

import android.graphics.Matrix
import dev.satchel.Pipeline
import dev.satchel.parseSpec
import org.json.JSONArray
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.math.cos
import kotlin.math.roundToInt
import kotlin.math.sin

private val TURNS = listOf(0, 90, 180, 270)

/**
 * A pixel of the sensor is followed twice to the view: through the preview, as the camera service and a TextureView carry
 * it, and through the model's picture, as `yuv_to_rgb` turns it. Both ways end at the same place.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class PreviewGeometryTest {
    private data class Setting(
        val width: Int,
        val height: Int,
        val sensor: Int,
        val display: Int,
        val facing: Facing,
        val viewWidth: Int = 300,
        val viewHeight: Int = 500,
        val covers: Boolean = true,
    ) {
        val geometry = PreviewGeometry(width, height, sensor, display, facing, viewWidth, viewHeight, covers)
    }

    @Test
    fun `a place in the picture lies upon the same place in the preview`() {
        for (setting in settings()) {
            for (pixel in listOf(0 to 0, setting.width - 1 to 0, setting.width / 3 to setting.height / 4)) {
                val picture = seen(setting, pixel, setting.geometry.rotation)
                val found = setting.geometry.placement()
                val expected = previewed(setting, pixel)
                assertEquals("$setting $pixel", expected[0], found.x(picture[0], picture[1]), 1e-3f)
                assertEquals("$setting $pixel", expected[1], found.y(picture[0], picture[1]), 1e-3f)
            }
        }
    }

    @Test
    fun `a spec that turns frames itself is drawn in the same place`() {
        for ((sensor, turned, facing) in turns()) {
            val setting = Setting(12, 8, sensor, 90, facing)
            val picture = seen(setting, 2 to 3, turned)
            val placement = setting.geometry.placement(turned)
            val expected = previewed(setting, 2 to 3)
            assertEquals("$setting $turned", expected[0], placement.x(picture[0], picture[1]), 1e-3f)
            assertEquals("$setting $turned", expected[1], placement.y(picture[0], picture[1]), 1e-3f)
        }
    }

    @Test
    fun `the picture stands upright however the device is held, and only the preview of a front camera is a mirror`() {
        for ((sensor, display, facing) in turns()) {
            val setting = Setting(9, 9, sensor, display, facing)
            val above = seen(setting, sensorPixel(setting, 0.0, 1.0), setting.geometry.rotation)
            assertEquals("$setting above", listOf(4.5f, 0.5f), above.toList())
            val right = seen(setting, sensorPixel(setting, 1.0, 0.0), setting.geometry.rotation)
            val side = if (facing == Facing.BACK) 8.5f else 0.5f
            assertEquals("$setting right", listOf(side, 4.5f), right.toList())
            val placement = setting.geometry.placement()
            assertTrue("$setting", placement.x(right[0], right[1]) > setting.viewWidth / 2)
        }
    }

    @Test
    fun `the preview keeps its shape, in the middle, and covers the view or lies in it`() {
        for (setting in settings()) {
            val turned = setting.geometry.rotation % 180 != 0
            val width = (if (turned) setting.height else setting.width).toFloat()
            val height = (if (turned) setting.width else setting.height).toFloat()
            val box = setting.geometry.placement().place(listOf(0f, 0f, width, height))
            assertEquals("$setting", (box[2] - box[0]) / width, (box[3] - box[1]) / height, 1e-4f)
            assertEquals("$setting", setting.viewWidth / 2f, (box[0] + box[2]) / 2, 1e-3f)
            assertEquals("$setting", setting.viewHeight / 2f, (box[1] + box[3]) / 2, 1e-3f)
            val rest = listOf(box[2] - box[0] - setting.viewWidth, box[3] - box[1] - setting.viewHeight)
            val near = if (setting.covers) rest.min() else rest.max()
            assertEquals("$setting", 0f, near, 1e-3f)
            assertTrue("$setting $rest", rest.all { if (setting.covers) it > -1e-3f else it < 1e-3f })
        }
    }

    @Test
    fun `a mirrored box has its left on the left`() {
        val setting = Setting(480, 640, 0, 0, Facing.FRONT, 480, 640)
        assertEquals(listOf(380f, 20f, 470f, 200f), setting.geometry.placement().place(listOf(10f, 20f, 100f, 200f)).toList())
    }

    @Test
    fun `a photo is shown whole in the middle`() {
        val box = Placement.fit(640, 427, 1080, 1080).place(listOf(0f, 0f, 640f, 427f))
        assertEquals(listOf(0f, 179.71875f, 1080f, 900.28125f), box.toList())
    }

    private fun settings(): List<Setting> {
        val sizes = listOf(12 to 8, 8 to 12, 9 to 7)
        val views = listOf(300 to 500, 500 to 300, 400 to 400, 301 to 97)
        return turns().flatMap { (sensor, display, facing) ->
            sizes.flatMap { (width, height) ->
                views.flatMap { (across, down) ->
                    listOf(true, false).map { Setting(width, height, sensor, display, facing, across, down, it) }
                }
            }
        }
    }

    private fun turns(): List<Triple<Int, Int, Facing>> =
        TURNS.flatMap { one -> TURNS.flatMap { other -> Facing.entries.map { Triple(one, other, it) } } }

    /** Gives the middle of a light pixel of the sensor in the picture that a model gets of the frame. */
    private fun seen(setting: Setting, pixel: Pair<Int, Int>, rotation: Int): FloatArray {
        val dark = grey(setting.width, setting.height, light = 0)
        dark.y[pixel.second * setting.width + pixel.first] = 100
        val frame = FramePlanes().copy(SyntheticImage(dark, Layout.NV21), rotation)
        val (column, row) = brightest(pipeline.prepare(frame).values.single())
        return floatArrayOf(column + 0.5f, row + 0.5f)
    }

    /** Gives the middle of a pixel of the sensor in the view, by way of the preview. */
    private fun previewed(setting: Setting, pixel: Pair<Int, Int>): FloatArray {
        var (x, y) = pixel
        var (width, height) = setting.width to setting.height
        val turned = Turned(setting.facing, setting.sensor)
        if (turned.flipped) x = width - 1 - x
        repeat(turned.quarters) {
            x = (height - 1 - y).also { y = x }
            width = height.also { height = width }
        }
        // A TextureView stretches it over itself, then applies its transform.
        val at = floatArrayOf((x + 0.5f) * setting.viewWidth / width, (y + 0.5f) * setting.viewHeight / height)
        Matrix().apply { setValues(setting.geometry.texture().values()) }.mapPoints(at)
        return at
    }

    /**
     * Gives the pixel of the sensor that shows what lies to one side of who holds the device, at the frame's edge.
     *
     * In the world right is (1, 0) and up is (0, 1). The display is turned as much as the device is turned against the clock,
     * for who looks at it. The back camera looks where its holder does; the front camera looks back, so that its right is
     * the other side.
     */
    private fun sensorPixel(setting: Setting, right: Double, up: Double): Pair<Int, Int> {
        val held = Math.toRadians(setting.display.toDouble())
        val side = if (setting.facing == Facing.BACK) 1 else -1
        val across = side * (right * cos(held) + up * sin(held))
        val down = -(-right * sin(held) + up * cos(held))
        // The frame becomes upright for the device when it is turned clockwise by the sensor's orientation: here it is turned back.
        val turned = Math.toRadians(setting.sensor.toDouble())
        val x = across * cos(turned) + down * sin(turned)
        val y = -across * sin(turned) + down * cos(turned)
        return 4 + (4 * x).roundToInt() to 4 + (4 * y).roundToInt()
    }

    private companion object {
        val pipeline = Pipeline(parseSpec(specOf(JSONArray("""[{"op": "decode"}, {"op": "rescale", "factor": 1}]"""))), emptyMap())
    }
}
