package dev.satchel.app.screens

import android.view.View
import dev.satchel.app.R
import dev.satchel.app.camera.Facing
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.state.Event
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

private const val UPRIGHT = "w411dp-h891dp-port-xhdpi"

/** What a person sees stays when the phone is turned, and when the system ends the process. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = UPRIGHT)
class RestoreTest {
    @After
    fun after() = TestApp.reset()

    @Test
    fun `a turn of the phone keeps the answer, which is not asked for again`() {
        val app = Launched.with(bundle("ssd-mobilenet-v2")).ready().ask(PhotoRef.Sample("chelsea.jpg"))
        val before = app.answered()
        val activity = app.activity
        val rows = app.rows()
        app.turn("w891dp-h411dp-land-xhdpi")
        assertNotSame(activity, app.activity)
        assertSame(before, app.answered())
        assertEquals(rows, app.rows())
        assertEquals(View.VISIBLE, app.view<View>(R.id.picture).visibility)
        app.end()
    }

    @Test
    fun `the screen and the way the camera looks outlive a turn`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().go(Event.Turn(Facing.FRONT)).go(Event.Go(Screen.CHECK))
        app.turn("w891dp-h411dp-land-xhdpi").turn(UPRIGHT)
        assertEquals(Screen.CHECK, app.state.screen)
        assertEquals(Facing.FRONT, app.app.model.saved.facing)
        app.end()
    }

    @Test
    fun `a new process shows the same screen, bundle and photo, and remembers the check`() {
        val app = Launched.with(bundle("selfie-segmenter"), bundle("ssd-mobilenet-v2")).ready()
        val second = "ssd-mobilenet-v2"
        app.go(Event.Go(Screen.BUNDLES))
        val entry = (app.state as UiState.Bundles).entries.first { it.name == second }
        app.go(Event.Open(entry)).ready().go(Event.Go(Screen.PHOTO)).ask(PhotoRef.Sample("chelsea.jpg"))
        val rows = app.rows()
        val kept = app.killed()
        (app.app as TestApp).end()

        val again = Launched.with(bundle("selfie-segmenter"), bundle(second), kept = kept)
        again.until("the answer") { (it as UiState.Photo).photo is PhotoState.Answered }
        assertEquals(second, again.text(R.id.bundle))
        assertEquals(rows, again.rows())
        again.end()
    }
}
