package dev.satchel.app.screens

import android.Manifest
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.view.ViewGroup
import dev.satchel.BundleReader
import dev.satchel.app.R
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Verdict
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

private const val UPRIGHT = "w411dp-h891dp-port-xhdpi"
private const val LYING = "w891dp-h411dp-land-xhdpi"

/** The app on the first Android that it is for, with the older decoder, and on the one before its target. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [Build.VERSION_CODES.O, Build.VERSION_CODES.UPSIDE_DOWN_CAKE], application = TestApp::class, qualifiers = UPRIGHT)
class EarlierAndroidTest {
    @After
    fun after() = TestApp.reset()

    @Test
    fun `a bundle is checked, and the table says what runs`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().go(Event.Go(Screen.CHECK))
        val model = app.state.model as Model.Ready
        assertTrue(model.choice.cells.any { it.verdict == Verdict.RIGHT })
        assertEquals(model.choice.cells.size, app.view<ViewGroup>(R.id.cells).childCount)
        assertEquals(app.activity.getString(R.string.seal_good), app.text(R.id.seal))
        app.end()
    }

    @Test
    fun `a photo is classified, a file that was cut off is refused, and a turn keeps what there is`() {
        val classes = bundle("efficientnet-lite0")
        val right = Cell("float32/tflite", Candidate(Delegate.CPU, 1), Verdict.RIGHT, 1.0)
        TestApp.checked[BundleReader.open(classes).digest] = Choice.of(listOf(right))
        val app = Launched.with(classes).ready().ask(PhotoRef.Sample("coffee.jpg"))
        assertEquals("Espresso", app.text(R.id.best_label))
        val (rows, shown) = app.rows() to app.answered()
        assertNotNull(shown.seen)
        app.turn(LYING)
        assertEquals(rows, app.rows())
        app.turn(UPRIGHT)
        val cut = carried("samples/rocket.jpg").readBytes().let { it.copyOf(it.size / 2) }
        val photo = Uri.parse("content://others/photo")
        shadowOf(app.app.contentResolver).registerInputStreamSupplier(photo) { cut.inputStream() }
        app.ask(PhotoRef.Stored(photo))
        assertEquals("input/truncated", ((app.state as UiState.Photo).photo as PhotoState.Failed).problem.code)
        app.end()
    }

    @Test
    fun `a camera that is refused is a sentence on every screen that asks for it`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready().go(Event.Go(Screen.CAMERA))
        app.activity.onRequestPermissionsResult(4, arrayOf(Manifest.permission.CAMERA), intArrayOf(PackageManager.PERMISSION_DENIED))
        app.settle()
        assertTrue(app.seen(R.id.allow))
        assertEquals(app.activity.getString(R.string.trouble_camera_refused), app.text(R.id.notice_title))
        for (screen in Screen.entries) assertEquals(screen, app.go(Event.Go(screen)).state.screen)
        app.end()
    }
}
