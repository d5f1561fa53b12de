package dev.satchel

import com.sun.management.ThreadMXBean
import dev.satchel.steps.FrameRange
import dev.satchel.steps.ResizeMethod
import dev.satchel.vectors.handlers.pipelineOf
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.lang.management.ManagementFactory

private const val FRAMES = 1000
private const val WIDTH = 160
private const val HEIGHT = 120

/** Frames are prepared in memory of the frame before. */
class AllocationTest {
    private val frame = Frame.nv21(bytes(), WIDTH, HEIGHT)

    @TestFactory
    fun `after the first frames, a frame takes no memory by any method of resizing`(): List<DynamicTest> {
        assertEquals(14, ResizeMethod.entries.size)
        return ResizeMethod.entries.map { method ->
            DynamicTest.dynamicTest(method.word) { assertNone(frame, listOf(yuv(90), resize(method.word), SHARE)) }
        }
    }

    @TestFactory
    fun `a frame takes no memory in any rotation, said by the spec or by the frame`(): List<DynamicTest> =
        listOf(0, 90, 180, 270).flatMap { rotation ->
            val told = Frame.nv21(bytes(), WIDTH, HEIGHT, FrameRange.LIMITED, rotation)
            val steps = listOf(resize("tf.bilinear"), SHARE)
            listOf(
                DynamicTest.dynamicTest("$rotation by the spec") { assertNone(frame, listOf(yuv(rotation)) + steps) },
                DynamicTest.dynamicTest("$rotation by the frame") { assertNone(told, listOf(mapOf("op" to "decode")) + steps) },
            )
        }

    @TestFactory
    fun `a frame takes no memory in other steps`(): List<DynamicTest> {
        val normalize = mapOf("op" to "normalize", "mean" to listOf(0.5, 0.4, 0.3), "std" to listOf(0.2), "range" to "-1..1")
        return mapOf(
            "other colours" to listOf(mapOf("op" to "color", "to" to "BGR"), resize("pillow.bicubic"), SHARE),
            "grey" to listOf(mapOf("op" to "color", "to" to "GRAY"), resize("opencv.area"), SHARE),
            "floats before the resize" to listOf(SHARE, resize("tf.bicubic")),
            "planes" to listOf(resize("tf.area"), SHARE, normalize, mapOf("op" to "layout", "to" to "NCHW")),
        ).map { (name, steps) -> DynamicTest.dynamicTest(name) { assertNone(frame, listOf(yuv(0)) + steps) } }
    }

    private fun assertNone(frame: Frame, steps: List<Map<String, Any>>) {
        val pipeline = pipelineOf(steps)
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

    private fun bytes() = ByteArray(WIDTH * HEIGHT * 3 / 2) { (it * 31).toByte() }

    private fun yuv(rotation: Int) = mapOf("op" to "yuv_to_rgb", "format" to "NV21", "range" to "full", "rotation" to rotation)

    private fun resize(method: String) = mapOf(
        "op" to "resize",
        "method" to method,
        "fit" to "contain",
        "width" to 96,
        "height" to 96,
        "side_rounding" to "floor",
        "pad_value" to listOf(0),
    )

    private companion object {
        val SHARE = mapOf("op" to "rescale", "divisor" to 127.5, "offset" to -1)
    }
}
