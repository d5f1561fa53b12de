package dev.satchel.app.camera

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View.MeasureSpec.EXACTLY
import android.view.View.MeasureSpec.makeMeasureSpec
import com.sun.management.ThreadMXBean
import dev.satchel.Bundle
import dev.satchel.Engine
import dev.satchel.Frame
import dev.satchel.Run
import dev.satchel.TensorValue
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.zoo
import dev.satchel.app.views.AnswerOverlay
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.lang.management.ManagementFactory

private const val FRAMES = 1000
private const val WIDTH = 450
private const val HEIGHT = 800

private val memory = ManagementFactory.getThreadMXBean() as ThreadMXBean

/** The bytes of Java objects that this thread has allocated; asking allocates none. */
private fun allocated(): Long = memory.getThreadAllocatedBytes(Thread.currentThread().id)

/** Notes what was allocated before the model was asked and after; of a thousand frames the model is asked once, as it takes its time. */
private class Counted(private val engine: Engine) : Engine by engine {
    private var found: Map<String, TensorValue>? = null
    var before = 0L
    var after = 0L

    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
        before = allocated()
        return (found ?: engine.run(tensors).also { found = it }).also { after = allocated() }
    }
}

/**
 * What the app allocates for a frame of 400 x 600, from the planes of the camera's image to the answer over the preview, counted
 * over a thousand frames after the first hundred. What Android itself allocates for an Image and for text in views is not the app's.
 */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h640dp-xhdpi")
class AllocationTest {
    private data class Bytes(var frame: Long = 0, var prepare: Long = 0, var read: Long = 0, var overlay: Long = 0)

    private val real = RealFrame.all().first { it.photo == "coffee" && !it.limited && it.rotation == 90 }
    private val image = real.image(Layout.NV21)
    private val canvas = Canvas(Bitmap.createBitmap(WIDTH, HEIGHT, Bitmap.Config.ARGB_8888))
    private val overlay = AnswerOverlay(RuntimeEnvironment.getApplication() as Context, null).apply {
        measure(makeMeasureSpec(WIDTH, EXACTLY), makeMeasureSpec(HEIGHT, EXACTLY))
        layout(0, 0, WIDTH, HEIGHT)
    }

    @Test
    fun `only the answer is new`() {
        val objects = count("ssd-mobilenet-v2", "int8/tflite")
        val mask = count("selfie-segmenter", "float32/tflite")
        println("bytes a frame: objects $objects, a mask $mask")
        for (bytes in listOf(objects, mask)) {
            assertTrue("the planes: $bytes", bytes.frame == 0L)
            assertTrue("the tensor, but for references to it: $bytes", bytes.prepare < 1024)
            assertTrue("what is drawn, but for its text: $bytes", bytes.overlay < 8192)
        }
        assertTrue("all boxes that the model gives: $objects", objects.read < 600_000)
        assertTrue("eleven bytes for each pixel: $mask", mask.read <= 11 * real.width * real.height)
    }

    /** Gives the bytes of a frame at each stage. */
    private fun count(name: String, artefact: String): Bytes = Bundle.open(zoo(name)).use { bundle ->
        lateinit var engine: Counted
        bundle.load(artefact) { bytes -> Counted(TestEngines.engines.open(bytes, Candidate(Delegate.CPU, 1))).also { engine = it } }
        val frames = FramesOfSpec()
        val meter = FrameMeter()
        val placement = Placement.fit(real.height, real.width, WIDTH, HEIGHT)
        var frame: Frame? = null
        val taker = FrameTaker(Runnable::run, { real.rotation }) { frame = frames.of(bundle.spec, it) }
        val sum = Bytes()
        for (place in 0 until FRAMES + FRAMES / 10) {
            val start = allocated()
            taker.offer(image.reopened())
            val framed = allocated()
            val run: Run = bundle.run(frame!!)
            meter.add(System.nanoTime(), run.timings)
            meter.pace()
            val answered = allocated()
            overlay.show(run.answer, placement, real.height, real.width)
            overlay.draw(canvas)
            val drawn = allocated()
            if (place < FRAMES / 10) continue
            sum.frame += framed - start
            sum.prepare += engine.before - framed
            sum.read += answered - engine.after
            sum.overlay += drawn - answered
        }
        with(sum) { Bytes(this.frame / FRAMES, prepare / FRAMES, read / FRAMES, overlay / FRAMES) }
    }
}
