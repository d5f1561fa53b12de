package dev.satchel

import com.sun.management.ThreadMXBean
import dev.satchel.vectors.handlers.pipelineOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.lang.management.ManagementFactory

private const val FRAMES = 1000

/** Frames are prepared in memory of the frame before. */
class AllocationTest {
    @TestFactory
    fun `after the first frames, a frame takes no memory`(): List<DynamicTest> =
        (METHODS.map { resize(it) } + listOf(listOf(mapOf("op" to "color", "to" to "BGR")) + resize("pillow.bicubic"))).map { steps ->
            DynamicTest.dynamicTest("$steps") { assertSmall(steps) }
        }

    private fun assertSmall(steps: List<Map<String, Any>>) {
        val yuv = mapOf("op" to "yuv_to_rgb", "format" to "NV21", "range" to "full", "rotation" to 90)
        val pipeline = pipelineOf(listOf(yuv) + steps + listOf(mapOf("op" to "rescale", "divisor" to 127.5, "offset" to -1)))
        val frame = Frame.nv21(ByteArray(160 * 120 * 3 / 2) { (it * 31).toByte() }, 160, 120)
        var last = pipeline.prepareTraced(frame)
        repeat(FRAMES / 10) { last = pipeline.prepareTraced(frame, last) }
        val bean = ManagementFactory.getThreadMXBean() as ThreadMXBean
        val thread = Thread.currentThread().id
        val before = bean.getThreadAllocatedBytes(thread)
        repeat(FRAMES) { last = pipeline.prepareTraced(frame, last) }
        val taken = bean.getThreadAllocatedBytes(thread) - before
        // What the JVM itself does once in a while is not of a frame.
        assertTrue(taken < 4 * FRAMES) { "$FRAMES frames took $taken bytes" }
    }

    private fun resize(method: String) = listOf(
        mapOf(
            "op" to "resize",
            "method" to method,
            "fit" to "contain",
            "width" to 96,
            "height" to 96,
            "side_rounding" to "floor",
            "pad_value" to listOf(0),
        ),
    )

    private companion object {
        val METHODS =
            listOf("pillow.bicubic", "pillow.nearest", "tf.bilinear", "tf.bilinear_antialias", "tf.nearest", "tf.bicubic", "tf.area") +
                listOf("opencv.linear", "opencv.area", "opencv.nearest")
    }
}
