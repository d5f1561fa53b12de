package dev.satchel.app.camera

import com.sun.management.ThreadMXBean
import dev.satchel.Frame
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.lang.management.ManagementFactory
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit

private const val FRAMES = 1000

/** The latest frame wins, and nothing queues. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class FrameTakerTest {
    /** Does a task when it is told to. */
    private class Steps : Executor {
        val tasks = ArrayDeque<Runnable>()

        override fun execute(command: Runnable) {
            tasks.addLast(command)
        }

        fun next() = tasks.removeFirst().run()
    }

    private fun image(light: Int) = SyntheticImage(grey(6, 4, light.toByte()), Layout.NV21)

    private fun lightOf(frame: Frame) = frame.y.data[0].toInt() and 255

    @Test
    fun `a slow worker gets the latest of many, and the others are closed at once`() {
        val worker = Steps()
        val seen = ArrayList<Int>()
        val taker = FrameTaker(worker, { 0 }) { seen.add(lightOf(it)) }
        val images = (1..200).map(::image)
        images.take(100).forEachIndexed { place, each ->
            taker.offer(each)
            assertEquals("open at $place", 1, images.take(place + 1).count { it.closes == 0 })
        }
        assertEquals(1, worker.tasks.size)
        worker.next()
        assertEquals(listOf(100) to 99L, seen to taker.dropped)
        assertTrue(images.take(100).all { it.closes == 1 })
        images.drop(100).forEach(taker::offer)
        worker.next()
        assertEquals(listOf(100, 200) to 198L, seen to taker.dropped)
        assertEquals(0, worker.tasks.size)
    }

    @Test
    fun `while a frame is worked on, its image is closed already and the latest waits`() {
        val worker = Steps()
        val seen = ArrayList<Int>()
        val later = (2..50).map(::image)
        val first = image(1)
        lateinit var taker: FrameTaker
        taker = FrameTaker(worker, { 0 }) {
            seen.add(lightOf(it))
            if (seen.size > 1) return@FrameTaker
            assertEquals(1, first.closes)
            later.forEach(taker::offer)
            assertEquals("no task is queued before this one is done", 0, worker.tasks.size)
            assertEquals("what is worked on stays as it is", 1, lightOf(it))
        }
        taker.offer(first)
        while (worker.tasks.isNotEmpty()) worker.next()
        assertEquals(listOf(1, 50), seen)
        assertTrue(later.all { it.closes == 1 })
    }

    @Test
    fun `two threads lose no image and close each once`() {
        val worker = Executors.newSingleThreadExecutor()
        val seen = ArrayList<Int>()
        val taker = FrameTaker(worker, { 0 }) {
            seen.add(lightOf(it))
            Thread.sleep(1)
        }
        val images = (1..250).map(::image)
        for (each in images) {
            taker.offer(each)
            if (each === images.last()) break
            Thread.sleep(0, 100_000)
        }
        worker.awaitIdle()
        assertEquals(250, seen.last())
        assertEquals("in their order", seen.sorted(), seen)
        assertEquals(250L, seen.size + taker.dropped)
        assertTrue(images.all { it.closes == 1 })
        worker.shutdown()
    }

    @Test
    fun `the worker's failure does not stop the frames after it`() {
        val worker = Steps()
        var calls = 0
        val taker = FrameTaker(worker, { 0 }) { check(calls++ > 0) { "the first fails" } }
        taker.offer(image(1))
        assertTrue(runCatching { worker.next() }.isFailure)
        taker.offer(image(2))
        worker.next()
        assertEquals(2, calls)
    }

    @Test
    fun `an image that is gone with its camera is no frame, and the next one is`() {
        val worker = Steps()
        val seen = ArrayList<Int>()
        val taker = FrameTaker(worker, { 0 }) { seen.add(lightOf(it)) }
        image(1).also(taker::offer).close()
        worker.next()
        taker.offer(image(2))
        worker.next()
        assertEquals(listOf(2), seen)
    }

    @Test
    fun `after the end no frame begins, and all images are closed`() {
        val worker = Steps()
        val images = (1..3).map(::image)
        val taker = FrameTaker(worker, { 0 }) { error("no frame was to come") }
        taker.offer(images[0])
        taker.offer(images[1])
        taker.close()
        worker.next()
        taker.offer(images[2])
        assertEquals(0, worker.tasks.size)
        assertTrue(images.all { it.closes == 1 })
    }

    @Test
    fun `a worker that has ended takes nothing`() {
        val given = image(1)
        FrameTaker({ throw RejectedExecutionException() }, { 0 }) { error("no frame was to come") }.offer(given)
        assertEquals(1, given.closes)
    }

    @Test
    fun `a frame is turned as the display is when it is taken`() {
        val worker = Steps()
        var rotation = 90
        val seen = ArrayList<Int?>()
        val taker = FrameTaker(worker, { rotation }) { seen.add(it.rotation) }
        taker.offer(image(1))
        rotation = 180
        worker.next()
        taker.offer(image(2))
        worker.next()
        assertEquals(listOf<Int?>(180, 180), seen)
    }

    @Test
    fun `after the first frame, a thousand take no memory`() {
        var frames = 0
        val image = SyntheticImage(grey(640, 480), Layout.NV12_PADDED)
        val taker = FrameTaker(Runnable::run, { 270 }) { frames++ }
        repeat(FRAMES / 10) { taker.offer(image.reopened()) }
        val bean = ManagementFactory.getThreadMXBean() as ThreadMXBean
        val thread = Thread.currentThread().id
        val before = bean.getThreadAllocatedBytes(thread)
        repeat(FRAMES) { taker.offer(image.reopened()) }
        val taken = bean.getThreadAllocatedBytes(thread) - before
        assertEquals(FRAMES + FRAMES / 10, frames)
        // What the JVM itself does once in a while is not of a frame.
        assertTrue("$FRAMES frames took $taken bytes", taken < 4 * FRAMES)
    }

    private fun ExecutorService.awaitIdle() {
        val done = CountDownLatch(1)
        // Behind the task that runs, and the one that it may begin.
        execute { execute { execute { done.countDown() } } }
        assertTrue(done.await(10, TimeUnit.SECONDS))
    }
}
