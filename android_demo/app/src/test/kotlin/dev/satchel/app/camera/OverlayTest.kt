package dev.satchel.app.camera

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Matrix
import android.view.View.MeasureSpec.EXACTLY
import android.view.View.MeasureSpec.makeMeasureSpec
import dev.satchel.Answer
import dev.satchel.Bundle
import dev.satchel.Frame
import dev.satchel.Pipeline
import dev.satchel.TensorValue
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.zoo
import dev.satchel.app.views.AnswerOverlay
import dev.satchel.app.views.colourOf
import dev.satchel.parseSpec
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import kotlin.math.abs
import kotlin.math.roundToInt

private const val LONG = 800
private const val SHORT = 450

/** Answers lie right upon the preview, in all four rotations of the display and for both cameras; pictures of it are kept. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h640dp-xhdpi")
class OverlayTest {
    private class Shown(val picture: Bitmap, val placement: Placement)

    private val frames = RealFrame.all()

    @Test
    fun `boxes lie upon what was found`() {
        val (bundle, artefact) = open("ssd-mobilenet-v2") to "int8/tflite"
        bundle.load(artefact) { TestEngines.engines.open(it, Candidate(Delegate.CPU, 2)) }
        for (facing in Facing.entries) {
            for (display in listOf(0, 90, 180, 270)) {
                val name = "camera-boxes-${facing.name.lowercase()}-$display"
                lateinit var answer: Answer
                val shown = show(name, "coffee", facing, display) { bundle.run(it).answer.also { found -> answer = found } }
                val found = answer.objects!!.single()
                assertEquals("Coffee cup", found.label)
                assertFramed(name, shown.picture, shown.placement.place(found.box), colourOf(found.index))
            }
        }
        bundle.close()
    }

    @Test
    fun `a veil lies upon the class that it stands for`() {
        val bundle = open("selfie-segmenter")
        bundle.load("float32/tflite") { TestEngines.engines.open(it, Candidate(Delegate.CPU, 2)) }
        for ((facing, display) in listOf(Facing.BACK to 0, Facing.FRONT to 0, Facing.FRONT to 90)) {
            val name = "camera-veil-${facing.name.lowercase()}-$display"
            lateinit var answer: Answer
            val shown = show(name, "astronaut", facing, display) { bundle.run(it).answer.also { found -> answer = found } }
            val bare = show("$name-bare", "astronaut", facing, display, keep = false) { null }
            val mask = answer.mask!!
            for ((x, y) in listOf(200 to 100, 250 to 400, 500 to 20, 20 to 500)) {
                val (across, down) = shown.placement.run { x(x + 0.5f, y + 0.5f) to y(x + 0.5f, y + 0.5f) }
                if (across.toInt() !in 0 until shown.picture.width || down.toInt() !in 0 until shown.picture.height) continue
                val changed = shown.picture.getPixel(across.toInt(), down.toInt()) != bare.picture.getPixel(across.toInt(), down.toInt())
                assertEquals("$name at $x, $y", mask[y * mask.width + x] != 0, changed)
            }
        }
        bundle.close()
    }

    @Test
    fun `points lie where they are, with their names`() {
        val answer = points(listOf(231f to 136f, 170f to 382f, 304f to 365f), "mouth", "badge", "<\u202ewings")
        for ((facing, display) in listOf(Facing.BACK to 0, Facing.FRONT to 270)) {
            val name = "camera-points-${facing.name.lowercase()}-$display"
            val shown = show(name, "astronaut", facing, display) { answer }
            answer.keypoints!!.forEachIndexed { index, point ->
                val (x, y) = shown.placement.run { x(point.x, point.y) to y(point.x, point.y) }
                assertEquals("$name $index", colourOf(index), shown.picture.getPixel(x.roundToInt(), y.roundToInt()))
            }
        }
    }

    @Test
    fun `things with less than the threshold are not drawn, and nothing is after the end`() {
        val (bundle, artefact) = open("ssd-mobilenet-v2") to "int8/tflite"
        bundle.load(artefact) { TestEngines.engines.open(it, Candidate(Delegate.CPU, 2)) }
        val bare = show("bare", "coffee", Facing.BACK, 0, keep = false) { null }.picture
        val hidden = show("hidden", "coffee", Facing.BACK, 0, keep = false, score = 0.99f) { bundle.run(it).answer }.picture
        assertTrue(bare.sameAs(hidden))
        bundle.close()
    }

    /** Shows a photo as a camera sees it that is held so, with what is said of it drawn over it. */
    private fun show(
        name: String,
        photo: String,
        facing: Facing,
        display: Int,
        keep: Boolean = true,
        score: Float = 0f,
        say: (Frame) -> Answer?,
    ): Shown {
        val sensor = if (facing == Facing.BACK) 90 else 270
        val (width, height) = if (display % 180 == 0) SHORT to LONG else LONG to SHORT
        val real = frames.first { it.photo == photo && !it.limited && it.rotation == uprightRotation(sensor, display, facing) }
        val frame = FramePlanes().copy(real.image(Layout.NV21), real.rotation)
        val geometry = PreviewGeometry(frame.width, frame.height, sensor, display, facing, width, height)
        assertEquals(real.rotation, geometry.rotation)
        val picture = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        val transform = Matrix().apply { setValues(geometry.texture().values()) }
        drawPreview(canvas, frame, Turned(facing, sensor), transform, width, height)
        val overlay = AnswerOverlay(RuntimeEnvironment.getApplication() as Context, null)
        overlay.score = score
        overlay.measure(makeMeasureSpec(width, EXACTLY), makeMeasureSpec(height, EXACTLY))
        overlay.layout(0, 0, width, height)
        val turned = geometry.rotation % 180 != 0
        val sides = if (turned) frame.height to frame.width else frame.width to frame.height
        val answer = say(frame)
        if (answer == null) overlay.clear() else overlay.show(answer, geometry.placement(), sides.first, sides.second)
        overlay.draw(canvas)
        if (keep) save(name, picture)
        return Shown(picture, geometry.placement())
    }

    /** Fails where the sides of a box that are in the picture do not have its colour. */
    private fun assertFramed(name: String, picture: Bitmap, box: FloatArray, colour: Int) {
        val line = 3 * 2 / 2
        val middle = listOf((box[0] + box[2]) / 2, (box[1] + box[3]) / 2).map { it.roundToInt() }
        val sides = listOf(
            box[0].roundToInt() + line to middle[1],
            box[2].roundToInt() - line to middle[1],
            middle[0] to box[3].roundToInt() - line,
        )
        val seen = sides.filter { (x, y) -> x in 0 until picture.width && y in 0 until picture.height }
        assertTrue("$name: ${box.toList()}", seen.size >= 2)
        for ((x, y) in seen) {
            val found = picture.getPixel(x, y)
            val apart = listOf(Color::red, Color::green, Color::blue).map { it(found) - it(colour) }
            assertTrue("$name at $x, $y: ${Integer.toHexString(found)}", apart.all { abs(it) < 8 })
        }
    }

    /** Gives an answer of points, as a model gives it. */
    private fun points(places: List<Pair<Float, Float>>, vararg names: String): Answer {
        val steps = """[{"op": "landmarks", "dimensions": 2, "order": "xy"}, {"op": "label", "labels": "names"}]"""
        val spec = JSONObject(specOf(JSONArray("""[{"op": "decode"}]""")))
        spec.put("task", "keypoints").put("labels", JSONObject().put("names", "labels/names.txt"))
        spec.getJSONArray("outputs").getJSONObject(0).put("steps", JSONArray(steps))
        val values = FloatArray(2 * places.size) { if (it % 2 == 0) places[it / 2].first else places[it / 2].second }
        val pipeline = Pipeline(parseSpec(spec.toString()), mapOf("names" to names.toList()))
        return pipeline.read(mapOf("scores" to TensorValue.of(values, 1, values.size)))
    }

    private fun open(name: String) = Bundle.open(zoo(name))

    private fun save(name: String, picture: Bitmap) {
        val folder = File(System.getProperty("satchel.screenshots")).also { it.mkdirs() }
        File(folder, "$name.png").outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }
}
