package dev.satchel.app.screens

import android.Manifest
import android.content.pm.PackageManager
import android.net.Uri
import android.view.View
import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.TensorValue
import dev.satchel.app.R
import dev.satchel.app.camera.CameraProblem
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.ROOT
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.Verdict
import dev.satchel.app.photos.pngThatSays
import dev.satchel.app.state.Event
import dev.satchel.app.state.FetchState
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer

private val PHOTO = Uri.parse("content://others/photo")
private val FILE = Uri.parse("content://others/bundle")

/** Whatever goes wrong is a sentence on the screen that says what to do, and the app goes on. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
class TroubleTest {
    @After
    fun after() = TestApp.reset()

    private fun offer(uri: Uri, stream: () -> InputStream) =
        shadowOf(RuntimeEnvironment.getApplication().contentResolver).registerInputStreamSupplier(uri, stream)

    private fun Launched.assertTold(title: Int, code: String) {
        assertTrue("no notice on ${state.screen}", seen(R.id.notice))
        assertEquals(activity.getString(title), text(R.id.notice_title))
        assertEquals(code, text(R.id.notice_code))
        assertTrue(text(R.id.notice_advice).isNotEmpty())
    }

    @Test
    fun `photos that cannot be used`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready()
        val rocket = File(ROOT, "out/samples/rocket.jpg").readBytes()
        val heic = byteArrayOf(0, 0, 0, 24) + "ftypheic".toByteArray() + ByteArray(40)
        val bad = mapOf(
            "input/not-a-picture" to listOf("Dear diary".toByteArray(), heic),
            "input/truncated" to listOf(rocket.copyOf(rocket.size / 2)),
            "input/too-large" to listOf(pngThatSays(20_000, 20_000)),
            "input/empty" to listOf(ByteArray(0)),
        )
        for ((code, files) in bad) {
            for (file in files) {
                offer(PHOTO) { file.inputStream() }
                app.ask(PhotoRef.Stored(PHOTO))
                app.assertTold(R.string.trouble_photo, code)
            }
        }
        offer(PHOTO) { throw SecurityException("revoked") }
        app.ask(PhotoRef.Stored(PHOTO)).assertTold(R.string.trouble_photo, "input/not-readable")
        offer(PHOTO) { rocket.inputStream() }
        app.ask(PhotoRef.Stored(PHOTO))
        assertFalse(app.seen(R.id.notice))
        app.end()
    }

    @Test
    fun `a photo that a person chooses is asked about`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready()
        offer(PHOTO) { File(ROOT, "out/samples/rocket.jpg").inputStream() }
        app.view<View>(R.id.choose).performClick()
        app.comesBackWith(PHOTO)
        app.until("the answer") { (it as UiState.Photo).photo is dev.satchel.app.state.PhotoState.Answered }
        assertEquals(640 to 427, app.answered().width to app.answered().height)
        app.end()
    }

    @Test
    fun `bundles that are refused leave the open one as it is`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().go(Event.Go(Screen.BUNDLES))
        val whole = bundle("selfie-segmenter").readBytes()
        // Behind its name in the file lies the spec, which a hash covers.
        val spec = String(whole, Charsets.ISO_8859_1).indexOf("spec.json") + 60
        val changed = whole.copyOf().also { it[spec] = (it[spec] + 1).toByte() }
        val dying = {
            object : InputStream() {
                override fun read(): Int = throw IOException("the other app is gone")
            }
        }
        for (stream in listOf({ "no bundle".byteInputStream() }, { changed.inputStream() }, { whole.copyOf(5000).inputStream() }, dying)) {
            offer(FILE, stream)
            app.go(Event.Go(Screen.BUNDLES)).go(Event.AddFile(FILE))
            app.until("the refusal") { (it as UiState.Bundles).fetch is FetchState.Failed }
            assertTrue(app.text(R.id.notice_code).startsWith("bundle/"))
            assertEquals(app.activity.getString(R.string.trouble_bundle), app.text(R.id.notice_title))
            assertTrue(app.state.model is Model.Ready)
        }
        TestApp.room = 1000
        offer(FILE) { whole.inputStream() }
        app.go(Event.Go(Screen.CHECK)).go(Event.Go(Screen.BUNDLES))
        for ((address, code) in ADDRESSES) {
            app.go(Event.Fetch(address))
            app.until("the refusal of $address") { state ->
                (state as UiState.Bundles).fetch.let {
                    it is FetchState.Failed &&
                        it.problem.code == code
                }
            }
            app.assertTold(R.string.trouble_server, code)
        }
        app.end()
    }

    @Test
    fun `every trouble of a camera has its sentence`() {
        val app = Launched.with(bundle("ssd-mobilenet-v2")).ready().go(Event.Go(Screen.CAMERA))
        app.activity.onRequestPermissionsResult(4, arrayOf(Manifest.permission.CAMERA), intArrayOf(PackageManager.PERMISSION_DENIED))
        app.settle()
        app.assertTold(R.string.trouble_camera_refused, "")
        assertTrue(app.seen(R.id.allow))
        app.go(Event.CameraKnown(granted = true, asked = true))
        assertFalse(app.seen(R.id.notice))
        val titles = HashSet<String>()
        for (problem in CameraProblem.entries) {
            app.go(Event.CameraFailed(problem))
            assertTrue(app.seen(R.id.notice) && app.text(R.id.notice_advice).isNotEmpty())
            titles += app.text(R.id.notice_title)
        }
        assertEquals(CameraProblem.entries.size, titles.size)
        app.end()
    }

    @Test
    fun `no memory for a photo is told, and the next one is answered`() {
        val engines = Failing { throw OutOfMemoryError("no room") }
        val app = Launched.with(bundle("selfie-segmenter"), engines = engines).ready()
        engines.fails = true
        app.ask(PhotoRef.Sample("rocket.jpg")).assertTold(R.string.trouble_no_memory, "")
        engines.fails = false
        app.ask(PhotoRef.Sample("rocket.jpg"))
        assertEquals("rocket.jpg", app.answered().name)
        app.end()
    }

    @Test
    fun `a candidate that gives NaN later on is marked, and the next one answers`() {
        val engines = Failing { found -> found.mapValues { (_, value) -> nan(value) } }
        val app = Launched.with(bundle("selfie-segmenter"), engines = engines).ready()
        val before = (app.state.model as Model.Ready).used
        engines.failing = before.candidate
        engines.fails = true
        app.ask(PhotoRef.Sample("rocket.jpg"))
        app.until("the other candidate") { (it.model as? Model.Ready)?.used?.candidate != before.candidate }
        assertEquals("rocket.jpg", app.answered().name)
        val marked = (app.state.model as Model.Ready).choice.cells.first {
            it.candidate == before.candidate &&
                it.artefact == before.artefact
        }
        assertEquals(Verdict.FAILED, marked.verdict)
        assertTrue(marked.detail.contains("NaN"))
        app.end()
    }

    @Test
    fun `a model that takes no photo says so, and is checked all the same`() {
        val app = Launched.with(dev.satchel.app.engines.zoo("iris")).ready()
        app.assertTold(R.string.trouble_not_a_photo_model, "")
        app.go(Event.Go(Screen.CHECK))
        assertTrue(app.shown(R.id.cells) > 0)
        app.end()
    }

    @Test
    fun `without a bundle the app says what to do`() {
        val app = Launched.with().go(Event.Go(Screen.BUNDLES))
        assertTrue(app.seen(R.id.empty))
        app.go(Event.Go(Screen.CHECK))
        assertEquals(app.activity.getString(R.string.check_no_bundle), app.text(R.id.check_line))
        app.end()
    }

    private fun Launched.shown(id: Int) = view<android.view.ViewGroup>(id).childCount

    private fun nan(value: TensorValue): TensorValue =
        if (value.dtype == Dtype.FLOAT32) TensorValue.of(FloatArray(value.size) { Float.NaN }, *value.shape) else value

    private companion object {
        val ADDRESSES = mapOf(
            "ftp://192.168.0.4/flowers.satchel" to "server/scheme",
            "http://93.184.216.34/flowers.satchel" to "server/cleartext",
            "http://192.168.0.4/flowers.satchel#sha256=12" to "server/digest",
        )
    }
}

/** The engines of the tests, with runs that fail from some time on: those of one candidate, or of all. */
private class Failing(private val fail: (Map<String, TensorValue>) -> Map<String, TensorValue>) : Engines by TestEngines.engines {
    @Volatile var fails = false

    @Volatile var failing: Candidate? = null

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        val engine = TestEngines.engines.open(model, candidate)
        return object : Engine by engine {
            override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> =
                engine.run(tensors).let { if (fails && (failing == null || failing == candidate)) fail(it) else it }
        }
    }
}
