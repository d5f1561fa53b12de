package dev.satchel.app.engines

import dev.satchel.Bundle
import dev.satchel.app.engines.Behaviour.ABSENT
import dev.satchel.app.engines.Behaviour.GIVES_NAN
import dev.satchel.app.engines.Behaviour.HANGS
import dev.satchel.app.engines.Behaviour.HAS_NO_LIBRARY
import dev.satchel.app.engines.Behaviour.RIGHT
import dev.satchel.app.engines.Behaviour.SLOW
import dev.satchel.app.engines.Behaviour.THROWS_AT_CLOSING
import dev.satchel.app.engines.Behaviour.THROWS_AT_OPENING
import dev.satchel.app.engines.Behaviour.THROWS_AT_RUNNING
import dev.satchel.app.engines.Behaviour.WRONG
import dev.satchel.app.engines.Behaviour.WRONG_AFTER_THE_FIRST_RUN
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.ByteArrayInputStream

private val ONE = Candidate(Delegate.CPU, 1)
private val TWO = Candidate(Delegate.CPU, 2)
private val NNAPI = Candidate(Delegate.NNAPI, 0)
private val GPU = Candidate(Delegate.GPU, 0)

/** Every variant is tried on every candidate, and the fastest that is right is kept, whatever the others do. */
class ChooseTest {
    @Test
    fun `the fastest that is right is chosen, and every cell is told as it is done`() {
        val told = ArrayList<Triple<Cell, Int, Int>>()
        val engines = FakeEngines(linkedMapOf(ONE to SLOW, TWO to RIGHT))
        val choice = Bundle.open(zoo("iris")).use { bundle ->
            choose(bundle, engines, { cell, done, of -> told += Triple(cell, done, of) }, { false })
        }
        val order = listOf(ONE to "float32", ONE to "int8", TWO to "float32", TWO to "int8")
        assertEquals(order, choice.cells.map { it.candidate to it.artefact.substringBefore('/') })
        assertEquals(choice.cells, told.map { it.first })
        assertEquals(listOf(1 to 4, 2 to 4, 3 to 4, 4 to 4), told.map { it.second to it.third })
        assertTrue(choice.cells.all { it.verdict == Verdict.RIGHT && it.detail.isEmpty() && it.report!!.pass })
        assertTrue(choice.cells.toString(), choice.cells.all { it.milliseconds!! >= if (it.candidate == ONE) 8.0 else 2.0 })
        assertEquals(TWO, choice.chosen!!.candidate)
        assertEquals(4 to 4, engines.opened to engines.closed)
    }

    @Test
    fun `a delegate that throws is marked, and the next is taken`() {
        for (each in listOf(THROWS_AT_OPENING, HAS_NO_LIBRARY, THROWS_AT_RUNNING, THROWS_AT_CLOSING)) {
            val engines = FakeEngines(linkedMapOf(NNAPI to each, ONE to RIGHT))
            val choice = chosen(engines)
            assertEquals("$each", listOf(Verdict.FAILED, Verdict.FAILED, Verdict.RIGHT, Verdict.RIGHT), choice.cells.map { it.verdict })
            val detail = choice.cells.first().detail
            assertTrue("$each: $detail", listOf("refuses the model", "no delegate_jni", "the driver has gone").any { it in detail })
            assertNull(choice.cells.first().milliseconds)
            assertEquals(ONE, choice.chosen!!.candidate)
            assertEquals("$each", engines.opened, engines.closed)
        }
    }

    @Test
    fun `NaN is a failure, and numbers that are off are wrong`() {
        val choice = chosen(FakeEngines(linkedMapOf(GPU to GIVES_NAN, NNAPI to WRONG, TWO to WRONG_AFTER_THE_FIRST_RUN, ONE to RIGHT)))
        val cells = choice.cells.filter { it.artefact == "float32/tflite" }
        assertEquals(listOf(Verdict.FAILED, Verdict.WRONG, Verdict.WRONG, Verdict.RIGHT), cells.map { it.verdict })
        assertTrue(cells[0].detail, cells[0].detail.contains("the model gave NaN"))
        assertTrue(cells[1].detail, Regex("3 of 3 golden answers do not hold here; .*: outputs differ by .*").matches(cells[1].detail))
        assertFalse(cells[1].report!!.pass)
        assertTrue(cells[1].report!!.cases.all { it.prepared && !it.outputs })
        assertEquals(List(3) { null }, cells.take(3).map { it.milliseconds })
        assertEquals(ONE, choice.chosen!!.candidate)
        val integers = choice.cells.single { it.artefact == "int8/tflite" && it.candidate == TWO }
        assertEquals(Verdict.WRONG, integers.verdict)
    }

    @Test
    fun `what is absent is not run, and the table says why`() {
        val choice = chosen(FakeEngines(linkedMapOf(ONE to RIGHT, GPU to ABSENT)))
        assertEquals(List(2) { Verdict.NOT_RUN to "no such thing here" }, choice.cells.takeLast(2).map { it.verdict to it.detail })
        assertTrue("what is absent takes no time", choice.whole)
    }

    @Test
    fun `without one that is right nothing is chosen`() {
        val choice = chosen(FakeEngines(linkedMapOf(ONE to WRONG, GPU to GIVES_NAN)))
        assertNull(choice.chosen)
        assertEquals(4, choice.cells.size)
    }

    @Test
    fun `one that hangs is left behind when its time is over`() {
        val started = System.nanoTime()
        val choice = chosen(FakeEngines(linkedMapOf(GPU to HANGS, ONE to RIGHT)), Limits(step = 3_000))
        assertEquals(listOf(Verdict.FAILED, Verdict.FAILED, Verdict.RIGHT, Verdict.RIGHT), choice.cells.map { it.verdict })
        assertEquals("it gave no answer in 3 s", choice.cells.first().detail)
        assertTrue("what hangs had its time", choice.whole)
        assertTrue(System.nanoTime() - started < 40_000_000_000)
    }

    @Test
    fun `what the time does not suffice for is not run`() {
        val choice = chosen(FakeEngines(linkedMapOf(ONE to RIGHT, GPU to HANGS, TWO to RIGHT)), Limits(total = 6_000))
        assertEquals(listOf(Verdict.RIGHT, Verdict.RIGHT) + List(4) { Verdict.NOT_RUN }, choice.cells.map { it.verdict })
        assertEquals(setOf("the 6 s for the check were over"), choice.cells.drop(2).map { it.detail }.toSet())
        assertFalse(choice.whole)
        assertEquals(ONE, choice.chosen!!.candidate)
    }

    @Test
    fun `a check that is stopped keeps what it has`() {
        val engines = FakeEngines(linkedMapOf(ONE to RIGHT, TWO to RIGHT))
        var done = 0
        val choice = Bundle.open(zoo("iris")).use { bundle -> choose(bundle, engines, { _, count, _ -> done = count }, { done >= 1 }) }
        assertEquals(listOf(Verdict.RIGHT) + List(3) { Verdict.NOT_RUN }, choice.cells.map { it.verdict })
        assertEquals("the check was stopped", choice.cells.last().detail)
        assertFalse(choice.whole)
        assertEquals(choice.cells.first(), choice.chosen)
    }

    @Test
    fun `a thread that is interrupted stops the check and stays interrupted`() {
        Thread.currentThread().interrupt()
        val choice = chosen(FakeEngines(linkedMapOf(ONE to RIGHT)))
        assertTrue(Thread.interrupted())
        assertEquals(setOf("the check was stopped"), choice.cells.map { it.detail }.toSet())
    }

    @Test
    fun `a bundle that is damaged is no candidate's fault`() {
        val bytes = zoo("iris").readBytes()
        val model = String(bytes, Charsets.ISO_8859_1).indexOf("TFL3")
        bytes[model + 4] = (bytes[model + 4].toInt() xor 1).toByte()
        val bundle = Bundle.open(ByteArrayInputStream(bytes), "iris")
        val error = errorOf { choose(bundle, FakeEngines(linkedMapOf(ONE to RIGHT)), { _, _, _ -> }, { false }) }
        assertEquals("bundle/changed-file", error.code)
    }

    private fun chosen(engines: Engines, limits: Limits = Limits()): Choice =
        Bundle.open(zoo("iris")).use { choose(it, engines, { _, _, _ -> }, { false }, limits) }
}
