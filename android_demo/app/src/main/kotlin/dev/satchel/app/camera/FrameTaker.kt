package dev.satchel.app.camera

import android.media.Image
import dev.satchel.Frame
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.function.IntSupplier

/**
 * Hands a camera's images to a worker, one at a time: while the worker is busy the latest image waits, and the one that waited is closed.
 *
 * So there are never more than two images: nothing queues however slow the worker is, and what it gets next is what the
 * camera saw last. An image is copied and closed before the work on its frame begins.
 *
 * @param worker where frames are worked on; it runs one task at a time.
 * @param rotation gives the degrees by which a frame is turned clockwise to be upright.
 * @param onFrame the work; the frame lasts until it returns.
 */
class FrameTaker(
    private val worker: Executor,
    private val rotation: IntSupplier,
    private val onFrame: (Frame) -> Unit,
) : AutoCloseable {
    private val lock = Any()
    private val planes = FramePlanes()
    private val next = Runnable(::takeNext)
    private var waiting: Image? = null
    private var busy = false
    private var closed = false

    /** How many images were closed without being looked at, as a later one came. */
    var dropped: Long = 0
        private set

    /** Takes an image, which is closed in time. */
    fun offer(image: Image) {
        synchronized(lock) {
            if (closed) return image.close()
            waiting?.let {
                it.close()
                dropped++
            }
            waiting = image
            if (!busy) begin()
        }
    }

    /** Takes no more; what waits is closed, and no image is read when this returns. Work that has begun may go on. */
    override fun close() = synchronized(lock) {
        closed = true
        waiting?.close()
        waiting = null
    }

    private fun takeNext() {
        try {
            copied()?.let(onFrame)
        } finally {
            synchronized(lock) { if (waiting != null) begin() else busy = false }
        }
    }

    private fun begin() {
        busy = true
        try {
            worker.execute(next)
        } catch (_: RejectedExecutionException) {
            // The worker has ended before the camera.
            close()
        }
    }

    /** Gives the frame of the image that waits; null where there is none, or it is gone with its camera. */
    private fun copied(): Frame? = synchronized(lock) {
        val image = waiting ?: return null
        waiting = null
        image.use {
            try {
                planes.copy(it, rotation.asInt)
            } catch (_: IllegalStateException) {
                null
            }
        }
    }
}
