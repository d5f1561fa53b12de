package dev.satchel.app.settings

import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.Verdict
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class SettingsTest {
    private val one = Candidate(Delegate.CPU, 1)
    private val two = Candidate(Delegate.CPU, 2)
    private val gpu = Candidate(Delegate.GPU, 0)
    private val cells = listOf(
        Cell("float32/tflite", one, Verdict.RIGHT, 9.0),
        Cell("float32/tflite", two, Verdict.RIGHT, 6.0),
        Cell("float32/tflite", gpu, Verdict.WRONG, null, "outputs differ"),
        Cell("int8/tflite", one, Verdict.RIGHT, 3.0),
        Cell("int8/tflite", two, Verdict.RIGHT, 2.0),
        Cell("int8/tflite", gpu, Verdict.NOT_RUN, null, "absent"),
    )
    private val choice = Choice.of(cells)

    @Test
    fun `without settings the check's own choice runs`() = assertEquals(cells[4], Settings().pick(choice))

    @Test
    fun `of what was set the fastest that is right runs`() {
        assertEquals(cells[1], Settings(variant = "float32").pick(choice))
        assertEquals(cells[0], Settings(variant = "float32", threads = 1).pick(choice))
        assertEquals(cells[3], Settings(threads = 1).pick(choice))
        assertEquals(cells[4], Settings(delegate = Delegate.CPU).pick(choice))
    }

    @Test
    fun `what is wrong, absent or unknown never runs, and the check's own choice does`() {
        assertEquals(cells[4], Settings(delegate = Delegate.GPU).pick(choice))
        assertEquals(cells[4], Settings(variant = "float16").pick(choice))
        assertNull(Settings(variant = "float32").pick(Choice.of(listOf(cells[2], cells[5]))))
    }

    @Test
    fun `what is met, or left to the check, needs no reason`() {
        val one = Settings("int8", Delegate.CPU, threads = 1)
        for (met in listOf(Settings(), Settings(score = 0.5f), Settings("float32"), Settings(threads = 2), one)) {
            assertNull("$met", met.unmet(choice))
        }
    }

    @Test
    fun `what is not met has the cell that says most of why, or none`() {
        val onGpu = Settings(delegate = Delegate.GPU)
        assertEquals(Unmet(onGpu, cells[2], noVariant = false), onGpu.unmet(choice))
        val integers = onGpu.copy(variant = "int8")
        assertEquals(Unmet(integers, cells[5], noVariant = false), integers.unmet(choice))
        val failed = cells[5].copy(verdict = Verdict.FAILED, detail = "it gave no answer in 30 s")
        assertEquals(failed, onGpu.unmet(Choice.of(listOf(cells[3], cells[5], failed)))!!.nearest)
        val half = Settings(variant = "float16", threads = 1)
        assertEquals(Unmet(half, null, noVariant = true), half.unmet(choice))
        val three = Settings(threads = 3)
        assertEquals(Unmet(three, null, noVariant = false), three.unmet(choice))
        val rightGpu = Cell("float32/tflite", gpu, Verdict.RIGHT, 5.0)
        assertNull("the GPU needs none of the CPU's threads", three.unmet(Choice.of(cells + rightGpu)))
        val onCpu = three.copy(delegate = Delegate.CPU)
        assertEquals(Unmet(onCpu, null, noVariant = false), onCpu.unmet(choice))
    }
}
