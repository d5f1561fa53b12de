package dev.satchel.app.views

import android.view.View
import android.widget.TextView
import dev.satchel.Frame
import dev.satchel.app.R
import dev.satchel.app.engines.Behaviour
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.FakeEngines
import dev.satchel.app.engines.HangingEngines
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.LiteRtEngines
import dev.satchel.app.engines.Verdict
import dev.satchel.app.engines.zoo
import dev.satchel.app.screens.Launched
import dev.satchel.app.screens.TestApp
import dev.satchel.app.screens.bundle
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.variantOf
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.Screen
import dev.satchel.steps.FrameRange
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import java.io.File

private val CPU = Candidate(Delegate.CPU, 1)
private val TWO = Candidate(Delegate.CPU, 2)
private val NNAPI = Candidate(Delegate.NNAPI, 0)
private val GPU = Candidate(Delegate.GPU, 0)

/** What runs, and why it does not do so as set or as before, stands in a sentence where a person looks, and is said aloud. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
class CheckScreenTest {
    private val known = HashMap(TestApp.checked)

    @Before
    fun `no table is known yet`() = TestApp.checked.clear()

    @After
    fun after() {
        TestApp.reset()
        TestApp.checked.clear()
        TestApp.checked.putAll(known)
    }

    @Test
    fun `a setting that cannot be met has a sentence of its own, which says why and what runs`() {
        val behaviours =
            linkedMapOf(CPU to Behaviour.RIGHT, GPU to Behaviour.THROWS_AT_RUNNING, NNAPI to Behaviour.ABSENT, TWO to Behaviour.WRONG)
        val app = started(FakeEngines(behaviours))
        val used = app.ready.used.let { "${variantOf(it)} on CPU, 1 thread" }
        val thrown = app.detailOf(GPU, Verdict.FAILED)
        val wrong = app.detailOf(TWO, Verdict.WRONG)
        val sentences = mapOf(
            Settings(delegate = Delegate.GPU) to "“GPU” cannot be met: it failed here ($thrown)",
            Settings(delegate = Delegate.NNAPI) to "“NNAPI” cannot be met: it was not run here (no such thing here)",
            Settings(threads = 2) to "“2 threads” cannot be met: it gives wrong answers here ($wrong)",
            Settings(threads = 3) to "“3 threads” cannot be met: the check does not try it on this phone",
            Settings(variant = "float16") to "“float16” cannot be met: this bundle has no variant of this name",
            Settings("int8", Delegate.NNAPI, 1) to
                "“int8, NNAPI, 1 thread” cannot be met: it was not run here (no such thing here)",
        )
        for ((settings, why) in sentences) {
            app.set(settings)
            val sentence = "The setting $why, so the check’s own choice runs, $used."
            assertEquals(sentence, app.go(Event.Go(Screen.CHECK)).text(R.id.check_line))
            app.assertSpoken(R.id.check_line)
            assertEquals(sentence, app.go(Event.Go(Screen.SETTINGS)).text(R.id.settings_unmet))
            app.assertSpoken(R.id.settings_unmet)
        }
        app.shot("light-settings-unmet")
        app.go(Event.Go(Screen.CHECK)).shot("light-check-unmet")
        app.set(Settings(variant = "float32"))
        assertTrue(app.text(R.id.check_line).startsWith("float32 on CPU, 1 thread runs"))
        assertFalse(app.go(Event.Go(Screen.SETTINGS)).seen(R.id.settings_unmet))
        app.end()
    }

    @Test
    fun `a delegate that hangs while a person waits for an answer is told in a sentence above the answer`() {
        val engines = HangingEngines(FakeEngines(linkedMapOf(CPU to Behaviour.SLOW, GPU to Behaviour.RIGHT)))
        TestApp.limits = Limits(step = 5_000)
        val app = started(engines, bundle("selfie-segmenter"))
        app.set(Settings(delegate = Delegate.GPU))
        app.until("the GPU") { (it.model as? Model.Ready)?.used?.candidate == GPU }
        assertFalse(app.seen(R.id.failed))
        app.set(Settings())
        val before = app.ready.used
        engines.hangsAtRunning = { it == before.candidate }
        app.go(Event.Go(Screen.PHOTO)).ask(PhotoRef.Sample("rocket.jpg"))
        app.until("the other candidate") { (it.model as? Model.Ready)?.used?.candidate != before.candidate }
        val words = Words(app.activity.resources)
        val sentence = "${words.runs(before)} failed (it gave no answer in 5 s), so ${words.runs(app.ready.used)} answers in its place."
        assertEquals(sentence, app.text(R.id.failed))
        app.assertSpoken(R.id.failed)
        assertTrue(app.seen(R.id.result))
        app.shot("light-photo-failed")
        app.go(Event.Go(Screen.CHECK))
        assertFalse("it is told once", app.seen(R.id.failed))
        engines.letGo()
        app.end()
    }

    @Test
    fun `when the last one hangs at the camera, no bundle is in use any more, and the screen says so`() {
        val engines = HangingEngines(FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT)))
        TestApp.limits = Limits(step = 5_000)
        val app = started(engines, bundle("selfie-segmenter")).go(Event.CameraKnown(granted = true, asked = true))
        app.go(Event.Go(Screen.CAMERA))
        engines.hangsAtRunning = { true }
        val model = app.app.model
        model.worker.execute { model.answer(Frame.nv21(ByteArray(64 * 48 * 3 / 2), 64, 48, FrameRange.FULL, 0)) }
        app.until("the refusal") { it.model is Model.Refused }
        assertEquals(app.activity.getString(R.string.trouble_no_right_answer), app.text(R.id.notice_title))
        assertEquals(app.activity.getString(R.string.seal_bad), app.text(R.id.seal))
        app.go(Event.Go(Screen.CHECK))
        assertEquals(app.activity.getString(R.string.trouble_no_right_answer), app.text(R.id.notice_title))
        engines.letGo()
        app.end()
    }

    @Test
    fun `a table that was cut off says so, and the next start checks again`() {
        TestApp.limits = Limits(total = 6_000)
        val app = started(FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT, GPU to Behaviour.HANGS)))
        app.go(Event.Go(Screen.CHECK))
        assertEquals(app.activity.getString(R.string.check_cut_off), app.text(R.id.check_note))
        assertEquals("the 6 s for the check were over", app.detailOf(GPU, Verdict.NOT_RUN))
        app.shot("light-check-cut-off")
        val kept = app.killed()
        (app.app as TestApp).end()
        TestApp.checked.clear()
        TestApp.limits = Limits()

        val engines = FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT))
        val again = Launched.with(zoo("iris"), kept = kept, engines = engines)
        again.until("a bundle") { it.model is Model.Ready }
        assertEquals(2, again.ready.choice.cells.size)
        assertEquals(again.activity.getString(R.string.check_remembered), again.text(R.id.check_note))
        again.end()
    }

    @Test
    fun `the settings offer the threads that the check tries`() {
        val eight = object : Engines by FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT)) {
            override fun candidates() = LiteRtEngines(sdk = 34, cores = 8).candidates()

            override fun absent(candidate: Candidate) = "no such thing here".takeIf { candidate != CPU }
        }
        val app = started(eight).go(Event.Go(Screen.SETTINGS))
        val offered = app.view<Flow>(R.id.threads).let { flow -> List(flow.childCount) { flow.getChildAt(it).text(R.id.choice).text } }
        assertEquals(listOf(app.activity.getString(R.string.settings_auto), "1", "2", "4", "8"), offered)
        app.end()
    }

    private fun started(engines: Engines, file: File = zoo("iris")): Launched =
        Launched.with(file, engines = engines).until("a bundle") { it.model is Model.Ready }

    private val Launched.ready: Model.Ready get() = state.model as Model.Ready

    /** Sets, and waits until that counts. */
    private fun Launched.set(settings: Settings) {
        go(Event.Set(settings))
        until("$settings") { ready.unmet == settings.unmet(ready.choice) }
    }

    private fun Launched.detailOf(candidate: Candidate, verdict: Verdict): String =
        ready.choice.cells.first { it.candidate == candidate && it.verdict == verdict }.detail

    private fun Launched.assertSpoken(id: Int) {
        val view = view<TextView>(id)
        assertTrue(view.isShown)
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, view.accessibilityLiveRegion)
    }
}
