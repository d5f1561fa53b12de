package dev.satchel.app.screens

import dev.satchel.BundleReader
import dev.satchel.app.R
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.ROOT
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.variantOf
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.UiState
import org.json.JSONArray
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import java.io.File

/** A photo's way from its file to the screen: Android's decoder, the Kotlin library, the phone's interpreter, the views. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
class PhotoAnswersTest {
    @After
    fun after() = TestApp.reset()

    @Test
    fun `what a photo shows stands on the screen as Python says, with every variant`() = answers("efficientnet-lite0") {
        app,
        answer,
        bound,
        ->
        val classes = answer.getJSONArray("classes").objects()
        val rows = app.rows().toMap()
        assertEquals(classes.map { it.getString("label") }.toSet(), rows.keys)
        for (each in classes) assertShare(each.getDouble("score"), rows.getValue(each.getString("label")), bound)
        // Where scores are further apart than the bound, the order is Python's too.
        val order = app.rows().map { it.first }
        for ((better, worse) in classes.zipWithNext()) {
            if (better.getDouble("score") - worse.getDouble("score") <= 2 * bound) continue
            assertTrue(order.indexOf(better.getString("label")) < order.indexOf(worse.getString("label")))
        }
        assertEquals(order.first().replaceFirstChar { it.uppercaseChar() }, app.text(R.id.best_label))
    }

    @Test
    fun `things in a photo stand on the screen as Python finds them, with every variant`() = answers("ssd-mobilenet-v2") {
        app,
        answer,
        bound,
        ->
        val objects = answer.getJSONArray("objects").objects()
        assertEquals(objects.map { it.getString("label") }, app.rows().map { it.first })
        for ((expected, row) in objects.zip(app.rows())) assertShare(expected.getDouble("score"), row.second, bound)
        val found = app.answered().answer.objects!!
        for ((expected, each) in objects.zip(found)) {
            val box = expected.getJSONArray("box")
            for (side in 0..3) assertEquals(box.getDouble(side), each.box[side].toDouble(), PIXEL)
        }
    }

    @Test
    fun `the parts of a photo are those that Python tells apart`() = answers("selfie-segmenter") { app, answer, _ ->
        val expected = answer.getJSONObject("mask")
        val mask = app.answered().answer.mask!!
        assertEquals(expected.getInt("width") to expected.getInt("height"), mask.width to mask.height)
        val (indices, counts) = expected.getJSONArray("indices") to expected.getJSONArray("counts")
        var differs = 0
        var place = 0
        for (run in 0 until indices.length()) repeat(counts.getInt(run)) { if (mask[place++] != indices.getInt(run)) differs++ }
        // Pixels at the border of two parts, whose scores are the threshold but for the last bits of a float model.
        assertTrue("$differs pixels differ", differs <= mask.size / BORDER)
        assertTrue(app.rows().isNotEmpty() && app.rows().all { it.first in mask.labels!! && it.second.endsWith(" %") })
    }

    @Test
    fun `times and what the model saw stand below the answer`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().ask(PhotoRef.Sample("astronaut.jpg"))
        val shown = app.answered()
        assertTrue(listOf(shown.times.decode, shown.times.prepare, shown.times.infer, shown.times.read).all { it > 0 })
        assertNotNull(shown.seen)
        assertEquals(256 to 256, shown.seen!!.width to shown.seen.height)
        assertTrue(app.text(R.id.times_total).endsWith(" ms"))
        assertTrue(app.seen(R.id.seen) && app.seen(R.id.overlay))
        app.end()
    }

    /** Asks about every sample with every variant that the check found right. */
    private fun answers(name: String, hold: (app: Launched, answer: JSONObject, bound: Double) -> Unit) {
        val app = Launched.with(bundle(name)).ready()
        val expected = EXPECTED.filter { it.getString("bundle") == "$name.satchel" }
        assertTrue("no answers of $name: make android-assets", expected.isNotEmpty())
        val bounds = JSONObject(String(BundleReader.open(bundle(name)).read("golden/golden.json"))).getJSONObject("bounds")
        for (each in expected) {
            app.go(Event.Set(Settings(variant = each.getString("variant"))))
            app.until("the variant") { (it.model as? Model.Ready)?.let { model -> variantOf(model.used) } == each.getString("variant") }
            app.ask(PhotoRef.Sample(each.getString("photo")))
            val shown = app.answered()
            assertEquals(each.getInt("width") to each.getInt("height"), shown.width to shown.height)
            assertEquals(each.getString("variant"), variantOf(shown.by))
            hold(app, each.getJSONObject("answer"), bounds.getDouble(shown.by.artefact))
        }
        println("screen: ${expected.size} answers of $name are Python's")
        app.end()
    }

    /** Holds a share on the screen, `37.2 %`, against Python's number; [bound] is the contract's for the variant's outputs. */
    private fun assertShare(expected: Double, found: String, bound: Double) {
        val number = found.removeSuffix(" %").toDouble() / 100
        assertTrue("expected $expected, found $found", Math.abs(number - expected) <= bound + HALF_A_DIGIT)
    }

    private companion object {
        /** A share is written with one decimal of a percentage. */
        const val HALF_A_DIGIT = 0.000501
        const val PIXEL = 2e-3
        const val BORDER = 2000

        val EXPECTED: List<JSONObject> by lazy {
            val file = File(ROOT, "out/android/answers.json")
            check(file.isFile) { "$file is not there: make android-assets" }
            JSONArray(file.readText()).objects()
        }
    }
}

fun JSONArray.objects(): List<JSONObject> = (0 until length()).map(::getJSONObject)

/** Gives the photo that is answered. */
fun Launched.answered(): PhotoState.Answered = (state as UiState.Photo).photo as? PhotoState.Answered
    ?: throw AssertionError("${(state as UiState.Photo).photo}")
