package dev.satchel.app.engines

import android.app.Application
import android.content.Context
import dev.satchel.Bundle
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

private val GPU = Candidate(Delegate.GPU, 0)
private val CPU = Candidate(Delegate.CPU, 1)

/** A delegate that took the app down twice in a row is not asked again on this system. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = Application::class)
class GuardedTest {
    private val preferences = RuntimeEnvironment.getApplication().getSharedPreferences("checks", Context.MODE_PRIVATE)
    private val model = Bundle.open(zoo("iris")).reader.model("float32")

    @Test
    fun `two falls in a row make a delegate absent, on this system alone`() {
        fall()
        assertNull(started().absent(GPU))
        fall()
        assertEquals("it ended the app, or hung, every time it was tried", started().absent(GPU))
        assertNull(started().absent(CPU))
        assertNull(started("a newer system").absent(GPU))
    }

    @Test
    fun `a run that came to an end strikes the fall out, whether it gave or threw`() {
        for (behaviour in listOf(Behaviour.RIGHT, Behaviour.THROWS_AT_RUNNING, Behaviour.THROWS_AT_OPENING)) {
            fall()
            val engines = Guarded(FakeEngines(mapOf(GPU to behaviour, CPU to Behaviour.RIGHT)), preferences, "system")
            Bundle.open(zoo("iris")).use { choose(it, engines, { _, _, _ -> }, { false }) }
            fall()
            assertNull("$behaviour", started().absent(GPU))
            started().open(model, GPU).close()
        }
    }

    @Test
    fun `while two engines of a delegate hang there is no third, until one comes back`() {
        val hanging = HangingEngines(FakeEngines(mapOf(GPU to Behaviour.RIGHT, CPU to Behaviour.RIGHT)))
        val engines = Guarded(hanging, preferences, "system")
        hanging.hangsAtOpening = { true }
        repeat(2) {
            assertNull(engines.absent(GPU))
            assertEquals("it gave no answer in 1 s", errorOf { Timely(1_000) { engines.open(model, GPU) } }.detail)
        }
        val reason = "it still hangs in what it was given before"
        assertEquals(reason, engines.absent(GPU))
        assertEquals("model/cannot-load" to reason, errorOf { engines.open(model, GPU) }.let { it.code to it.detail })
        assertNull(engines.absent(CPU))
        hanging.letGo()
        assertTrue(inTime { engines.absent(GPU) == null })
    }

    @Test
    fun `one that hangs at its first run has fallen`() {
        val hanging = HangingEngines(FakeEngines(mapOf(GPU to Behaviour.RIGHT)))
        hanging.hangsAtRunning = { true }
        val engines = Guarded(hanging, preferences, "system")
        Bundle.open(zoo("iris")).use { choose(it, engines, { _, _, _ -> }, { false }, Limits(step = 1_000)) }
        assertEquals("it ended the app, or hung, every time it was tried", started().absent(GPU))
        hanging.letGo()
        assertTrue(inTime { started().absent(GPU) == null })
    }

    @Test
    fun `the CPU is never noted`() {
        repeat(3) { started().open(model, CPU) }
        assertNull(started().absent(CPU))
        assertEquals(emptyMap<String, Any>(), preferences.all)
    }

    /** Opens a delegate in a process that ends before it runs. */
    private fun fall() {
        started().open(model, GPU)
    }

    /** Gives the engines as the next start of the app has them. */
    private fun started(system: String = "system") =
        Guarded(FakeEngines(mapOf(GPU to Behaviour.RIGHT, CPU to Behaviour.RIGHT)), preferences, system)
}
