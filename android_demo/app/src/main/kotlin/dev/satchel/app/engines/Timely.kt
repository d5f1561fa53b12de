package dev.satchel.app.engines

import dev.satchel.Engine
import dev.satchel.EngineDescription
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** How long is waited at once, and for an engine to close; in milliseconds. */
private const val LOOK = 100L
private const val GRACE = 1000L

/**
 * An engine that gives its answers in time, or none.
 *
 * A delegate may hang in its driver, where nothing stops it. So it is opened, run and closed by a thread of its own: when its
 * time is over it is left behind there, and whoever waited goes on. Should it come back after all, it is closed, and its
 * thread ends.
 *
 * @param limit milliseconds for opening the engine, and for each run.
 * @throws SatchelException model/cannot-load where it is not open in time; or what [open] throws.
 */
internal class Timely(private val limit: Long, open: () -> Engine) : Engine {
    private val thread = Executors.newSingleThreadExecutor { Thread(it, "engine").apply { isDaemon = true } }

    /** Belongs to [thread]. */
    private var engine: Engine? = null

    override val description: EngineDescription
    override val inputs: List<String>
    override val outputs: List<String>

    init {
        var known: Engine? = null
        try {
            known = answer("model/cannot-load") { open().also { engine = it } }
        } finally {
            if (known == null) leave()
        }
        description = known.description
        inputs = known.inputs
        outputs = known.outputs
    }

    /** @throws SatchelException model/run-failed where it gives nothing in time, now or before; or what the engine throws. */
    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> = answer("model/run-failed") { engine!!.run(tensors) }

    /** Lets go of the engine; what it throws or takes its time for then is nobody's any more. */
    override fun close() {
        leave()?.endsIn(GRACE)
    }

    private fun <T> answer(code: String, work: () -> T): T {
        val task = try {
            thread.submit(Callable(work))
        } catch (_: RejectedExecutionException) {
            throw SatchelException(code, "the model was closed")
        }
        if (!task.endsIn(limit)) {
            leave()
            throw SatchelException(code, "it gave no answer in ${limit / 1000} s")
        }
        try {
            return task.get()
        } catch (error: ExecutionException) {
            throw error.cause ?: error
        }
    }

    /** Closes the engine behind whatever it does now, if that ever ends; null where that was said before. */
    private fun leave(): Future<*>? = if (thread.isShutdown) null else thread.submit { engine?.close() }.also { thread.shutdown() }
}

/**
 * Waits, and says whether it has come to an end.
 *
 * It is looked at again and again, and the looks are counted: while the system has the app's process frozen no time goes by.
 */
private fun Future<*>.endsIn(milliseconds: Long): Boolean {
    var interrupted = false
    var looks = maxOf(milliseconds / LOOK, 1)
    while (looks > 0 && !isDone) {
        try {
            get(LOOK, TimeUnit.MILLISECONDS)
        } catch (_: TimeoutException) {
            looks--
        } catch (_: ExecutionException) {
            break
        } catch (_: InterruptedException) {
            interrupted = true
        }
    }
    if (interrupted) Thread.currentThread().interrupt()
    return isDone
}
