package dev.satchel.app.state

import android.app.Application
import android.content.Context
import dev.satchel.Row
import dev.satchel.app.bundles.Part
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.Shipped
import dev.satchel.app.engines.Behaviour
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.FakeEngines
import dev.satchel.app.engines.HangingEngines
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.Remembered
import dev.satchel.app.engines.Verdict
import dev.satchel.app.engines.engineThreads
import dev.satchel.app.engines.errorOf
import dev.satchel.app.engines.inTime
import dev.satchel.app.engines.zoo
import dev.satchel.app.settings.Settings
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File

private val GPU = Candidate(Delegate.GPU, 0)
private val CPU = Candidate(Delegate.CPU, 1)
private const val STEP = 2_000L

/** Whatever an engine does while it is in use, the one thread that waits for it goes on, and the table says what happened. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = Application::class)
class RunnerTest {
    private val context = RuntimeEnvironment.getApplication()
    private val threads = engineThreads()
    private val shelf = Shelf(
        File(context.noBackupFilesDir, "bundles").also { it.mkdirs() },
        object : Shipped {
            override fun names() = listOf("iris.satchel")

            override fun open(name: String): Part = zoo("iris").inputStream().let { Part(it.channel, 0, zoo("iris").length(), it) }
        },
        { Long.MAX_VALUE },
    )
    private val engines = HangingEngines(FakeEngines(linkedMapOf(CPU to Behaviour.SLOW, GPU to Behaviour.RIGHT)))
    private val setosa = Row(mapOf("sepal_length" to 5.1, "sepal_width" to 3.5, "petal_length" to 1.4, "petal_width" to 0.2))
    private val runner = started(engines)

    @After
    fun after() {
        engines.letGo()
        runner.close()
        assertTrue("threads of engines stay behind", inTime { engineThreads() == threads })
    }

    @Test
    fun `a delegate that hangs in a run is left, and the next fastest that is right answers`() {
        val first = checked(runner)
        assertEquals(GPU, first.candidate)
        var left = 1
        engines.hangsAtRunning = { left-- > 0 }
        assertEquals("setosa", runner.label())
        val second = right().minByOrNull { it.milliseconds!! }!!
        assertEquals(second, runner.used)
        assertEquals(GPU to 3, second.candidate to right().size)
        assertMarked(first)
        assertEquals("setosa", runner.label())
    }

    @Test
    fun `when all of a delegate hangs the CPU answers, and no more threads are left behind than engines hang`() {
        checked(runner)
        engines.hangsAtRunning = { it == GPU }
        repeat(3) { assertEquals("setosa", runner.label()) }
        assertEquals(CPU, runner.used!!.candidate)
        assertEquals(CPU, (runner.model() as Model.Ready).used.candidate)
        assertEquals(2, runner.choice!!.cells.count { it.verdict == Verdict.FAILED && it.candidate == GPU })
        // The two that hang, and the one that answers.
        assertEquals(threads + 3, engineThreads())
        repeat(3) {
            for (variant in listOf("int8", "float32")) assertEquals("$variant/tflite", runner.load(Settings(variant))!!.artefact)
        }
        assertTrue(inTime { engineThreads() == threads + 3 })
        engines.letGo()
        assertTrue(inTime { engineThreads() == threads + 1 })
    }

    @Test
    fun `a delegate that hangs while it is loaded is left, and the next one is loaded`() {
        checked(runner)
        runner.load(Settings(delegate = Delegate.CPU))
        engines.hangsAtOpening = { it == GPU }
        val started = System.nanoTime()
        assertEquals(CPU, runner.load(Settings())!!.candidate)
        assertTrue(System.nanoTime() - started >= 2 * STEP * 1_000_000)
        assertEquals(setOf(CPU), right().map { it.candidate }.toSet())
        assertEquals(GPU, runner.failed!!.candidate)
        assertEquals("setosa", runner.label())
    }

    @Test
    fun `when the last one hangs nothing is in use, and that is told`() {
        checked(runner)
        engines.hangsAtRunning = { true }
        val error = errorOf { runner.label() }
        assertEquals("model/run-failed" to "it gave no answer in 2 s", error.code to error.detail)
        assertNull(runner.used)
        assertEquals(emptyList<Cell>(), right())
        assertEquals(Trouble.NO_RIGHT_ANSWER, (runner.model() as Model.Refused).problem.trouble)
        assertEquals("env/nothing-loaded", errorOf { runner.label() }.code)
        assertNull(runner.load(Settings()))
    }

    @Test
    fun `what failed in use is told until a cell is asked for again, and stays out of use at the next start`() {
        val first = checked(runner)
        assertNull((runner.model() as Model.Ready).failed)
        engines.hangsAtRunning = { it == GPU }
        runner.label()
        val told = (runner.model() as Model.Ready).failed!!
        assertEquals("it gave no answer in 2 s", told.detail)
        runner.load(Settings())
        assertNull((runner.model() as Model.Ready).failed)

        val again = started(engines)
        again.open(entry())
        assertEquals(CPU, again.load(Settings())!!.candidate)
        assertEquals(Verdict.FAILED, again.choice!!.cells.single { it.candidate == GPU && it.artefact == first.artefact }.verdict)
        again.close()
    }

    @Test
    fun `a table that was cut off counts for this start, and the next one checks again`() {
        val slow = FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT, GPU to Behaviour.HANGS))
        val cut = started(slow, Limits(step = 30_000, total = 6_000))
        assertEquals(CPU, checked(cut).candidate)
        assertFalse(cut.choice!!.whole)
        assertEquals("setosa", cut.label())
        cut.open(entry())
        assertNotNull("this start checks once", cut.choice)
        assertFalse(cut.choice!!.whole)
        cut.close()
        runner.open(entry())
        assertNull("the next start checks again", runner.choice)
    }

    @Test
    fun `a table that was cut off takes the place of a whole one, whatever is marked in it`() {
        checked(runner)
        assertTrue(runner.choice!!.whole)
        val slow = HangingEngines(FakeEngines(linkedMapOf(CPU to Behaviour.RIGHT, GPU to Behaviour.HANGS)))
        val cut = started(slow, Limits(step = STEP, total = 3_500))
        checked(cut)
        var left = 1
        slow.hangsAtRunning = { left-- > 0 }
        cut.label()
        assertFalse(cut.choice!!.whole)
        cut.close()
        slow.letGo()
        runner.open(entry())
        assertNull(runner.choice)
    }

    private fun right(): List<Cell> = runner.choice!!.cells.filter { it.verdict == Verdict.RIGHT }

    private fun assertMarked(before: Cell) {
        val expected = before.copy(verdict = Verdict.FAILED, milliseconds = null, detail = "it gave no answer in 2 s")
        assertEquals(expected, runner.failed)
        for (table in listOf(runner.choice!!, remembered().find(runner.bundle.digest)!!)) {
            assertEquals(expected, table.cells.single { it.artefact == before.artefact && it.candidate == before.candidate })
        }
    }

    /** Opens the bundle, checks it, and gives the cell that is loaded then. */
    private fun checked(runner: Runner): Cell {
        runner.open(entry())
        runner.check({ _, _, _ -> }, { false })
        return runner.load(Settings())!!
    }

    private fun Runner.label(): String = run(setosa).answer.classes!!.first().label!!

    private fun entry() = shelf.entries().single()

    private fun remembered() = Remembered(context.getSharedPreferences("checks", Context.MODE_PRIVATE), "tests")

    /** Gives what a new process has. */
    private fun started(engines: Engines, limits: Limits = Limits(step = STEP)) = Runner(engines, shelf, remembered(), limits)
}
