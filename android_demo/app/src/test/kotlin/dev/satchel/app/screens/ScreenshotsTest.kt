package dev.satchel.app.screens

import android.net.Uri
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.settings.Settings
import dev.satchel.app.state.Event
import dev.satchel.app.state.FetchState
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

private val PHOTO = Uri.parse("content://others/photo")
private const val PHONE = "w411dp-h891dp-port-notnight-xhdpi"

/** Every screen, light, dark, with large letters and lying, as pictures that a person can look at. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = PHONE)
class ScreenshotsTest {
    @After
    fun after() = TestApp.reset()

    @Test
    fun light() = everyScreen("light")

    @Test
    fun dark() = everyScreen("dark", PHONE.replace("notnight", "night"))

    @Test
    fun `large letters`() = everyScreen("large", letters = 2f)

    @Test
    fun lying() = everyScreen("lying", "w891dp-h411dp-land-notnight-xhdpi")

    private fun everyScreen(mode: String, qualifiers: String = PHONE, letters: Float = 1f) {
        RuntimeEnvironment.setQualifiers(qualifiers)
        RuntimeEnvironment.setFontScale(letters)
        val app = Launched.with(bundle("ssd-mobilenet-v2"), bundle("selfie-segmenter"), bundle("efficientnet-lite0")).ready()
        assertDrawn(app, "$mode-photo-waiting")
        app.ask(PhotoRef.Sample("chelsea.jpg"))
        assertDrawn(app, "$mode-photo-objects")
        val cut = carried("samples/rocket.jpg").readBytes().copyOf(60_000)
        shadowOf(app.app.contentResolver).registerInputStreamSupplier(PHOTO) { cut.inputStream() }
        app.ask(PhotoRef.Stored(PHOTO))
        assertDrawn(app, "$mode-photo-error")
        for (screen in listOf(Screen.BUNDLES, Screen.CHECK, Screen.SETTINGS)) {
            app.go(Event.Go(screen))
            assertDrawn(app, "$mode-${screen.name.lowercase()}")
        }
        app.go(Event.Go(Screen.BUNDLES)).go(Event.Fetch("http://93.184.216.34/flowers.satchel"))
        app.until("the refusal") { (it as UiState.Bundles).fetch is FetchState.Failed }
        assertDrawn(app, "$mode-bundles-error")
        app.go(Event.Go(Screen.CAMERA)).go(Event.CameraKnown(granted = false, asked = true))
        assertDrawn(app, "$mode-camera-refused")
        app.end()
    }

    /** Draws a screen, and holds it against the emptiness that a crash or a missing theme would leave. */
    private fun assertDrawn(app: Launched, name: String) {
        val picture = app.shot(name)
        val colours = HashSet<Int>()
        for (y in 0 until picture.height step STEP) for (x in 0 until picture.width step STEP) colours += picture.getPixel(x, y)
        assertTrue("$name has ${colours.size} colours", colours.size > LEAST)
    }

    @Test
    fun `the answers of every kind of model`() {
        val other = Launched.with(bundle("efficientnet-lite0")).ready().ask(PhotoRef.Sample("coffee.jpg"))
        assertDrawn(other, "light-photo-classes")
        other.go(Event.Set(Settings(score = 0.9f)))
        other.go(Event.Go(Screen.SETTINGS))
        assertDrawn(other, "light-settings-score")
        other.end()
    }

    @Test
    fun `the first check of a bundle, as it goes on`() {
        val known = HashMap(TestApp.checked)
        TestApp.checked.clear()
        val app = Launched.with(bundle("ssd-mobilenet-v2")).go(Event.Go(Screen.CHECK))
        app.until("the first cells") { state -> (state.model as? Model.Checking)?.let { it.done >= 2 } ?: (state.model is Model.Ready) }
        assertDrawn(app, "light-check-running")
        app.go(Event.Go(Screen.PHOTO)).go(Event.Show(PhotoRef.Sample("chelsea.jpg")))
        assertDrawn(app, "light-photo-checking")
        app.ready().until("the answer") { (it as UiState.Photo).photo is PhotoState.Answered }
        TestApp.checked.putAll(known)
        app.end()
    }

    @Test
    fun `the parts of a photo`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().ask(PhotoRef.Sample("astronaut.jpg"))
        assertDrawn(app, "light-photo-mask")
        app.end()
    }

    private companion object {
        const val STEP = 7
        const val LEAST = 12
    }
}
