package dev.satchel.app.engines

import android.app.Application
import android.content.Context
import android.os.Build
import dev.satchel.Bundle
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** On a phone's framework the phone's engines check a bundle, and the choice is remembered. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = Application::class)
class PhoneEnginesTest {
    private val preferences = RuntimeEnvironment.getApplication().getSharedPreferences("choices", Context.MODE_PRIVATE)

    @Test
    fun `the app's own engines check a bundle here`() {
        assumeTrue("this machine cannot load the phone's interpreter: android_demo/desktop/target/reason", TestEngines.isPhone)
        val engines = LiteRtEngines()
        val choice = Bundle.open(zoo("iris")).use { choose(it, engines, { _, _, _ -> }, { false }) }
        val cpu = choice.cells.filter { it.candidate.delegate == Delegate.CPU }
        assertEquals(Runtime.getRuntime().availableProcessors(), cpu.maxOf { it.candidate.threads })
        assertTrue(cpu.toString(), cpu.all { it.verdict == Verdict.RIGHT && it.engine!!.version == "2.16.1" })
        assertEquals(setOf(Verdict.NOT_RUN), (choice.cells - cpu.toSet()).map { it.verdict }.toSet())
        assertEquals(Candidate(Delegate.CPU, 1), choice.chosen!!.candidate)
    }

    @Test
    fun `a choice is found again as it was, for its bundle and its system only`() {
        val choice = Bundle.open(zoo("iris")).use { choose(it, FakeEngines(BEHAVIOURS), { _, _, _ -> }, { false }) }
        assertEquals(setOf(Verdict.RIGHT, Verdict.WRONG, Verdict.FAILED, Verdict.NOT_RUN), choice.cells.map { it.verdict }.toSet())
        val remembered = Remembered(preferences, "Android ${Build.VERSION.SDK_INT}, app 1")
        assertNull(remembered.find("a"))
        remembered.keep("a", choice)
        assertEquals(choice, remembered.find("a"))
        assertNull(remembered.find("b"))
        assertNull(Remembered(preferences, "Android 36, app 1").find("a"))
        remembered.keep("a", Choice(choice.cells, null))
        assertNull(remembered.find("a")!!.chosen)
        remembered.forget("a")
        assertNull(remembered.find("a"))
    }

    @Test
    fun `a choice that was cut off counts as long as the app lives, and in place of the one before`() {
        val whole = Choice.of(listOf(Cell("int8/tflite", Candidate(Delegate.CPU, 1), Verdict.RIGHT, 1.5)))
        val remembered = Remembered(preferences, "system")
        remembered.keep("a", whole)
        remembered.keep("a", whole.copy(whole = false))
        assertEquals(whole.copy(whole = false), remembered.find("a"))
        assertNull(Remembered(preferences, "system").find("a"))
        remembered.keep("a", whole)
        assertEquals(whole to whole, remembered.find("a") to Remembered(preferences, "system").find("a"))
        remembered.keep("a", whole.copy(whole = false))
        remembered.forget("a")
        assertNull(remembered.find("a"))
    }

    @Test
    fun `what another version of the app kept is not found`() {
        val remembered = Remembered(preferences, "system")
        val kept = Choice.of(listOf(Cell("int8/tflite", Candidate(Delegate.CPU, 1), Verdict.RIGHT, 1.5))).toJson("a", "system").toString()
        for (text in listOf("", "no JSON", "{}", kept.replace("\"cpu\"", "\"tpu\""), kept.replace("\"right\"", "\"well\""))) {
            assertNotEquals(kept, text)
            preferences.edit().putString("choice a", text).commit()
            assertNull(text, remembered.find("a"))
        }
        preferences.edit().putString("choice a", kept).commit()
        assertEquals("int8/tflite", remembered.find("a")!!.chosen!!.artefact)
    }

    private companion object {
        val BEHAVIOURS = linkedMapOf(
            Candidate(Delegate.CPU, 1) to Behaviour.RIGHT,
            Candidate(Delegate.CPU, 2) to Behaviour.WRONG,
            Candidate(Delegate.NNAPI, 0) to Behaviour.ABSENT,
            Candidate(Delegate.GPU, 0) to Behaviour.THROWS_AT_RUNNING,
        )
    }
}
