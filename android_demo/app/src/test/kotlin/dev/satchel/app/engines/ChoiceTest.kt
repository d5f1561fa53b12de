package dev.satchel.app.engines

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

/** Of times that are nearly the same, the one that asks least of the phone is chosen. */
class ChoiceTest {
    @Test
    fun `within 5 percent fewer threads and the CPU are chosen, beyond it the fastest`() {
        assertEquals("int8 CPU 1", chosen(cell("int8", Delegate.CPU, 2, 10.0), cell("int8", Delegate.CPU, 1, 10.4)))
        assertEquals("int8 CPU 2", chosen(cell("int8", Delegate.CPU, 2, 10.0), cell("int8", Delegate.CPU, 1, 10.6)))
        assertEquals("int8 CPU 4", chosen(cell("int8", Delegate.GPU, 0, 10.0), cell("int8", Delegate.CPU, 4, 10.5)))
        assertEquals("int8 GPU 0", chosen(cell("int8", Delegate.GPU, 0, 10.0), cell("int8", Delegate.CPU, 4, 10.51)))
        assertEquals("int8 NNAPI 0", chosen(cell("int8", Delegate.GPU, 0, 10.0), cell("int8", Delegate.NNAPI, 0, 10.2)))
    }

    @Test
    fun `below a tenth of a millisecond the first is as good as any`() {
        assertEquals("float32 CPU 1", chosen(cell("float32", Delegate.CPU, 1, 0.09), cell("int8", Delegate.CPU, 1, 0.001)))
    }

    @Test
    fun `wrong and failed ones are not chosen, however fast`() {
        val wrong = cell("int8", Delegate.GPU, 0, 1.0).copy(verdict = Verdict.WRONG)
        val failed = cell("int8", Delegate.NNAPI, 0, 1.0).copy(verdict = Verdict.FAILED)
        assertEquals("int8 CPU 1", chosen(wrong, failed, cell("int8", Delegate.CPU, 1, 99.0)))
        assertNull(Choice.of(listOf(wrong, failed)).chosen)
        assertNull(Choice.of(listOf(wrong, failed)).fastest)
    }

    @Test
    fun `the fastest is known where another was chosen`() {
        val cells = listOf(cell("int8", Delegate.CPU, 1, 10.4), cell("int8", Delegate.CPU, 2, 10.0))
        assertEquals(cells[0] to cells[1], Choice.of(cells).let { it.chosen to it.fastest })
    }

    private fun chosen(vararg cells: Cell): String = Choice.of(cells.toList()).chosen!!.let {
        "${it.artefact.substringBefore('/')} ${it.candidate.delegate} ${it.candidate.threads}"
    }

    private fun cell(variant: String, delegate: Delegate, threads: Int, milliseconds: Double) =
        Cell("$variant/tflite", Candidate(delegate, threads), Verdict.RIGHT, milliseconds)
}
