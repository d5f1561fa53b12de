package dev.satchel.app.screens

import android.net.Uri
import dev.satchel.Engine
import dev.satchel.app.R
import dev.satchel.app.bundles.IRIS
import dev.satchel.app.bundles.SERIES
import dev.satchel.app.bundles.served
import dev.satchel.app.engines.Behaviour
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.FakeEngines
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.Verdict
import dev.satchel.app.settings.Settings
import dev.satchel.app.state.Event
import dev.satchel.app.state.FetchState
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch

private val PHOTO = Uri.parse("content://others/photo")
private const val OBJECTS = "ssd-mobilenet-v2"
private const val CLASSES = "efficientnet-lite0"
private const val MASK = "selfie-segmenter"

/** Every screen, also where something went wrong, in every dress, as pictures that a person can look at; LiveScreenTest has the camera. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = PHONE)
class ScreenshotsTest {
    @After
    fun after() = TestApp.reset()

    private fun everyDress(draw: (Dress) -> Unit) = Dress.entries.forEach {
        it.wear()
        draw(it)
    }

    @Test
    fun `a photo and its answer of every kind`() = everyDress { dress ->
        for ((name, sample, kind) in listOf(
            Triple(CLASSES, "coffee.jpg", "classes"),
            Triple(MASK, "astronaut.jpg", "mask"),
            Triple(OBJECTS, "chelsea.jpg", "objects"),
        )) {
            val app = Launched.with(bundle(name)).ready()
            if (kind == "objects") app.draw(dress, "photo-waiting")
            app.ask(PhotoRef.Sample(sample)).draw(dress, "photo-$kind")
            app.endForGood()
        }
    }

    @Test
    fun `a photo that was cut off`() = everyDress { dress ->
        val app = Launched.with(bundle(OBJECTS)).ready()
        val whole = carried("samples/rocket.jpg").readBytes()
        shadowOf(app.app.contentResolver).registerInputStreamSupplier(PHOTO) { whole.inputStream(0, whole.size / 2) }
        app.ask(PhotoRef.Stored(PHOTO)).drawTrouble(dress, "photo-error")
        app.endForGood()
    }

    @Test
    fun `bundles, those of a server, and an address that is refused`() = everyDress { dress ->
        val app = Launched.with(bundle(OBJECTS), bundle(MASK), bundle(CLASSES)).ready().go(Event.Go(Screen.BUNDLES))
        app.draw(dress, "bundles")
        served(mapOf("/bundles/iris.satchel" to IRIS, "/bundles/series.satchel" to SERIES)).use { server ->
            app.go(Event.Fetch("127.0.0.1:${server.port}")).until("the list") { (it as UiState.Bundles).fetch is FetchState.Offered }
            app.drawTrouble(dress, "bundles-offers", R.id.offered)
        }
        app.go(Event.Fetch("http://93.184.216.34/flowers.satchel"))
        app.until("the refusal") { (it as UiState.Bundles).fetch is FetchState.Failed }
        app.drawTrouble(dress, "bundles-error")
        app.go(Event.Scan(true)).go(Event.CameraKnown(granted = false, asked = true))
        app.drawTrouble(dress, "bundles-scan-error", R.id.scan_allow)
        app.endForGood()
    }

    @Test
    fun `the check of a bundle, with what is wrong, failed and not run`() = everyDress { dress ->
        val mixed = listOf(Behaviour.WRONG, Behaviour.RIGHT, Behaviour.THROWS_AT_RUNNING, Behaviour.ABSENT)
        checked(mixed) { app ->
            val verdicts = (app.state.model as Model.Ready).choice.cells.map { it.verdict }.toSet()
            assertEquals(Verdict.entries.toSet(), verdicts)
            app.draw(dress, "check-mixed")
        }
        val none = listOf(Behaviour.WRONG, Behaviour.GIVES_NAN, Behaviour.THROWS_AT_OPENING, Behaviour.HAS_NO_LIBRARY)
        checked(none) { app ->
            app.drawTrouble(dress, "check-error")
            app.go(Event.Go(Screen.SETTINGS)).draw(dress, "settings-error")
            app.go(Event.Go(Screen.PHOTO)).drawTrouble(dress, "photo-refused")
        }
    }

    @Test
    fun `the first check of a bundle, as it goes on`() = everyDress { dress ->
        val gate = CountDownLatch(1)
        forgetting {
            val app = Launched.with(bundle(OBJECTS), engines = Gated(gate)).go(Event.Go(Screen.CHECK))
            app.until("the first cells") { state -> (state.model as? Model.Checking)?.let { it.done >= 2 } == true }
            app.draw(dress, "check-running")
            app.go(Event.Go(Screen.PHOTO)).go(Event.Show(PhotoRef.Sample("chelsea.jpg"))).draw(dress, "photo-checking")
            app.go(Event.Go(Screen.CAMERA)).draw(dress, "camera-checking")
            gate.countDown()
            app.go(Event.Go(Screen.PHOTO)).until("the answer") { (it as UiState.Photo).photo is PhotoState.Answered }
            app.endForGood()
        }
    }

    @Test
    fun `settings, also of what a bundle does not have, and where there is nothing to set`() = everyDress { dress ->
        val app = Launched.with(bundle(CLASSES)).ready().go(Event.Go(Screen.SETTINGS))
        app.draw(dress, "settings")
        app.go(Event.Set(Settings(variant = "int8", threads = 2, score = 0.9f)))
        app.until("the variant") { (it.model as? Model.Ready)?.used?.artefact == "int8/tflite" }
        app.draw(dress, "settings-set")
        app.endForGood()
        val bare = Launched.with().go(Event.Go(Screen.SETTINGS))
        bare.draw(dress, "settings-nothing")
        bare.go(Event.Go(Screen.CHECK)).draw(dress, "check-nothing")
        bare.go(Event.Go(Screen.BUNDLES)).draw(dress, "bundles-nothing")
        bare.endForGood()
    }

    @Test
    fun `the table of a check, and a camera that is not allowed`() = everyDress { dress ->
        val app = Launched.with(bundle(OBJECTS)).ready().go(Event.Go(Screen.CHECK))
        app.draw(dress, "check")
        app.go(Event.Go(Screen.CAMERA)).go(Event.CameraKnown(granted = false, asked = true)).drawTrouble(dress, "camera-error")
        app.endForGood()
    }

    /** Starts the app on the check's screen, on a phone whose candidates do this, in order. */
    private fun checked(behaviours: List<Behaviour>, draw: (Launched) -> Unit) = forgetting {
        val engines = FakeEngines(TestEngines.engines.candidates().zip(behaviours).toMap())
        val app = Launched.with(bundle(MASK), engines = engines).go(Event.Go(Screen.CHECK))
        app.until("the table") { it.model is Model.Ready || it.model is Model.Refused }
        draw(app)
        app.endForGood()
    }

    /** Lets no check of other tests count, nor those in [work] for others. */
    private fun forgetting(work: () -> Unit) {
        val known = HashMap(TestApp.checked)
        TestApp.checked.clear()
        work()
        TestApp.checked.clear()
        TestApp.checked.putAll(known)
    }
}

/** The engines of the tests; those with two threads are opened when the gate is. */
private class Gated(private val gate: CountDownLatch) : Engines by TestEngines.engines {
    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        if (candidate == Candidate(Delegate.CPU, 2)) gate.await()
        return TestEngines.engines.open(model, candidate)
    }
}
