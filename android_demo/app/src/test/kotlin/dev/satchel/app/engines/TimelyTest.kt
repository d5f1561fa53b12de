package dev.satchel.app.engines

import dev.satchel.Engine
import dev.satchel.EngineDescription
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.Collections
import java.util.concurrent.CountDownLatch

private const val LIMIT = 1_000L

/** An engine that gives nothing in time is left behind with its thread; all else of it is as without that. */
class TimelyTest {
    private val calls: MutableList<Pair<String, Thread>> = Collections.synchronizedList(ArrayList())
    private val free = CountDownLatch(1)
    private val given = mapOf("row" to TensorValue.of(floatArrayOf(1f), 1))

    @Test
    fun `one thread opens, runs and closes it, and ends`() {
        val before = engineThreads()
        val engine = Timely(LIMIT) { Recorded() }
        assertEquals(listOf("row") to listOf("answer"), engine.inputs to engine.outputs)
        assertEquals("the test's", engine.description.runtime)
        assertSame(given, engine.run(given))
        engine.close()
        engine.close()
        assertEquals(listOf("open", "run", "close"), calls.map { it.first })
        val thread = calls.map { it.second }.toSet().single()
        assertNotSame(Thread.currentThread(), thread)
        assertTrue(thread.isDaemon)
        assertTrue(inTime { engineThreads() == before })
        assertEquals("model/run-failed", errorOf { engine.run(given) }.code)
    }

    @Test
    fun `what it throws is thrown as it is, and it may run again`() {
        for (error in listOf(SatchelException("model/run-failed", "no"), OutOfMemoryError("no room"), IllegalStateException("gone"))) {
            var throws = true
            val engine = Timely(LIMIT) { Recorded { if (throws) throw error } }
            assertSame(error, assertThrows(Throwable::class.java) { engine.run(given) })
            throws = false
            assertSame(given, engine.run(given))
            engine.close()
        }
    }

    @Test
    fun `one that is refused leaves no thread`() {
        val before = engineThreads()
        val error = SatchelException("model/not-a-model", "no")
        repeat(5) { assertSame(error, errorOf { Timely(LIMIT) { throw error } }) }
        assertTrue(inTime { engineThreads() == before })
    }

    @Test
    fun `one that hangs in a run is left, runs no more, and is closed when it comes back`() {
        val before = engineThreads()
        val engine = Timely(LIMIT) { Recorded { free.await() } }
        val started = System.nanoTime()
        val error = errorOf { engine.run(given) }
        assertTrue(System.nanoTime() - started >= LIMIT * 1_000_000)
        assertEquals("model/run-failed" to "it gave no answer in 1 s", error.code to error.detail)
        assertEquals("model/run-failed", errorOf { engine.run(given) }.code)
        engine.close()
        assertEquals(listOf("open", "run"), calls.map { it.first })
        assertEquals(before + 1, engineThreads())
        free.countDown()
        assertTrue(inTime { engineThreads() == before })
        assertEquals(listOf("open", "run", "close"), calls.map { it.first })
    }

    @Test
    fun `one that hangs while it is opened is left, and closed when it comes back`() {
        val before = engineThreads()
        val error = errorOf { Timely(LIMIT) { Recorded().also { free.await() } } }
        assertEquals("model/cannot-load" to "it gave no answer in 1 s", error.code to error.detail)
        free.countDown()
        assertTrue(inTime { engineThreads() == before })
        assertEquals(listOf("open", "close"), calls.map { it.first })
    }

    @Test
    fun `one that hangs or throws while it is closed is nobody's trouble`() {
        val before = engineThreads()
        Timely(LIMIT) { Recorded(closing = { error("gone") }) }.close()
        Timely(LIMIT) { Recorded(closing = { free.await() }) }.close()
        assertEquals(before + 1, engineThreads())
        free.countDown()
        assertTrue(inTime { engineThreads() == before })
    }

    @Test
    fun `who is interrupted while he waits gets his answer, and stays interrupted`() {
        Thread.currentThread().interrupt()
        val engine = Timely(LIMIT) { Recorded() }
        assertSame(given, engine.run(given))
        engine.close()
        assertTrue(Thread.interrupted())
        assertEquals(listOf("open", "run", "close"), calls.map { it.first })
    }

    private inner class Recorded(private val closing: () -> Unit = {}, private val running: () -> Unit = {}) : Engine {
        override val description = EngineDescription("the test's", "1", 1, "none")
        override val inputs = listOf("row")
        override val outputs = listOf("answer")

        init {
            note("open")
        }

        override fun run(tensors: Map<String, TensorValue>) = tensors.also {
            note("run")
            running()
        }

        override fun close() {
            note("close")
            closing()
        }

        private fun note(call: String) {
            calls += call to Thread.currentThread()
        }
    }
}
