package dev.satchel.app.screens

import android.view.View
import android.widget.ImageView
import android.widget.TextView
import dev.satchel.app.R
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.state.Event
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.Screen
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Fingers find everything, and screen readers can say it, on every screen and at every size of letters. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = "w360dp-h740dp-xhdpi")
class AccessibilityTest {
    @After
    fun after() = TestApp.reset()

    @Test
    fun `all that is touched is 48 dp wide and high, and says what it does`() = everywhere { app, where ->
        val least = (48 * app.activity.resources.displayMetrics.density).toInt()
        for (view in app.views().filter { it.isClickable && it.isEnabled }) {
            assertTrue(
                "$where: ${nameOf(view)} is ${view.width} x ${view.height}, less than $least",
                view.width >= least && view.height >= least,
            )
            assertTrue("$where: ${nameOf(view)} says nothing", spoken(view).isNotBlank())
        }
    }

    @Test
    fun `pictures have words or are passed over`() = everywhere { app, where ->
        for (view in app.views().filter { it is ImageView }) {
            val passed = view.importantForAccessibility == View.IMPORTANT_FOR_ACCESSIBILITY_NO
            assertTrue("$where: ${nameOf(view)}", passed || !view.contentDescription.isNullOrBlank())
        }
    }

    @Test
    fun `no letter is cut off at the side of its place`() = everywhere { app, where ->
        for (view in app.views().filterIsInstance<TextView>()) {
            val layout = view.layout ?: continue
            val room = view.width - view.compoundPaddingLeft - view.compoundPaddingRight
            val widest = (0 until layout.lineCount).maxOfOrNull { layout.getLineMax(it) } ?: 0f
            val short = view.id == R.id.bundle
            assertTrue(
                "$where: ${nameOf(view)} '${view.text}' needs $widest of $room",
                short || widest <= room + 1 || view.isHorizontallyScrollable,
            )
        }
    }

    @Test
    fun `the answer is said when it comes, and each bar is a sentence`() {
        val app = Launched.with(bundle("ssd-mobilenet-v2")).ready().ask(PhotoRef.Sample("chelsea.jpg"))
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, app.view<View>(R.id.best).accessibilityLiveRegion)
        assertEquals("1 thing found", app.view<View>(R.id.best).contentDescription)
        val row = app.view<android.view.ViewGroup>(R.id.rows).getChildAt(0)
        val (label, share) = app.rows().single()
        assertEquals("$label, $share", row.contentDescription)
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_ASSERTIVE, app.view<View>(R.id.notice).accessibilityLiveRegion)
        app.end()
    }

    private fun everywhere(hold: (Launched, String) -> Unit) {
        for (letters in listOf(1f, 2f)) {
            RuntimeEnvironment.setFontScale(letters)
            val app = Launched.with(bundle("ssd-mobilenet-v2"), bundle("selfie-segmenter")).ready().go(Event.Go(Screen.PHOTO))
            hold(app, "photo, waiting, letters $letters")
            app.ask(PhotoRef.Sample("chelsea.jpg"))
            for (screen in Screen.entries) {
                app.go(Event.Go(screen))
                if (screen == Screen.CAMERA) app.go(Event.CameraKnown(granted = false, asked = true))
                hold(app, "${screen.name.lowercase()}, letters $letters")
            }
            app.end()
        }
    }

    private fun spoken(view: View): String =
        view.contentDescription?.toString() ?: (view as? TextView)?.let { it.text.ifEmpty { it.hint } }?.toString().orEmpty()

    private fun nameOf(view: View): String = "${view.javaClass.simpleName} ${Integer.toHexString(view.id)}"
}
