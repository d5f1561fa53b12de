package dev.satchel.app.engines

import dev.satchel.Engine
import dev.satchel.TensorValue
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch

/** Engines that hang from some time on, as a driver does, until they are let go. */
class HangingEngines(private val engines: Engines) : Engines by engines {
    /** Whether the next to be opened hangs there. */
    @Volatile
    var hangsAtOpening: (Candidate) -> Boolean = { false }

    /** Whether one hangs in its next run. */
    @Volatile
    var hangsAtRunning: (Candidate) -> Boolean = { false }
    private val free = CountDownLatch(1)

    /** Lets all that hang come back. */
    fun letGo() = free.countDown()

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        if (hangsAtOpening(candidate)) free.await()
        val engine = engines.open(model, candidate)
        return object : Engine by engine {
            override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
                if (hangsAtRunning(candidate)) free.await()
                return engine.run(tensors)
            }
        }
    }
}

/** How many threads of engines there are. */
fun engineThreads(): Int = Thread.getAllStackTraces().keys.count { it.name == "engine" }

/** Waits until something holds, and says whether it does. */
fun inTime(condition: () -> Boolean): Boolean {
    val end = System.nanoTime() + 20_000_000_000
    while (!condition() && System.nanoTime() < end) Thread.sleep(5)
    return condition()
}
