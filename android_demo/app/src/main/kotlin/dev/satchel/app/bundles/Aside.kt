package dev.satchel.app.bundles

import dev.satchel.SatchelException
import java.io.IOException
import java.net.SocketTimeoutException
import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

private const val ASK_EVERY = 50L
private const val NANOSECONDS = 1_000_000L

/**
 * Does what may block on a thread of its own: whatever a server or a platform's HTTP client does not do, who waits can leave.
 *
 * @param cancelled is asked again and again while something is waited for.
 */
internal class Aside(private val cancelled: () -> Boolean) : AutoCloseable {
    private val thread = Executors.newSingleThreadExecutor { Thread(it, "fetch").apply { isDaemon = true } }

    /** Whether nobody waits any more. */
    @Volatile
    var left: Boolean = false
        private set

    /**
     * Gives what [work] gives, or throws what it throws.
     *
     * @throws IOException it failed in another way than by a [SatchelException].
     * @throws SocketTimeoutException it took longer than so many milliseconds; it goes on, for nobody.
     * @throws Cancelled likewise.
     */
    fun <T> call(milliseconds: Long, work: () -> T): T {
        val end = System.nanoTime() + milliseconds * NANOSECONDS
        val task = thread.submit(Callable { work() })
        while (true) {
            if (cancelled()) throw Cancelled()
            try {
                return task.get(ASK_EVERY, TimeUnit.MILLISECONDS)
            } catch (_: TimeoutException) {
                if (System.nanoTime() > end) throw SocketTimeoutException()
            } catch (error: ExecutionException) {
                val cause = error.cause ?: error
                // A platform's client throws what it likes: for a host that it does not understand, for a permission that it misses.
                throw if (cause is RuntimeException && cause !is SatchelException) IOException("$cause") else cause
            }
        }
    }

    /** Leaves what is still under way. */
    override fun close() {
        left = true
        thread.shutdown()
    }

    /** Whoever waited does not want to any more. */
    class Cancelled : RuntimeException()
}
