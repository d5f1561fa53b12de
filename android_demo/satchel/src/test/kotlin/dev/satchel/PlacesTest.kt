package dev.satchel

import dev.satchel.ops.bestFirst
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Objects, keypoints and masks through a whole pipeline. */
class PlacesTest {
    private val letterbox = listOf(
        mapOf("op" to "decode"),
        mapOf("op" to "resize", "method" to "pillow.nearest", "fit" to "contain", "width" to 320, "height" to 320) +
            mapOf("pad_value" to listOf(0), "side_rounding" to "half_even"),
    )
    private val photo = Photo.fromPixels(ByteArray(640 * 480 * 3), 640, 480)
    private val uncrop = mapOf("op" to "uncrop", "input" to "image", "units" to "normalized", "clip" to true)

    private fun pipeline(task: String, steps: List<Any?>, labels: List<String> = emptyList()): Pipeline {
        val document = mapOf(
            "satchel" to "1.0",
            "name" to "test",
            "task" to task,
            "inputs" to listOf(mapOf("name" to "image", "steps" to letterbox)),
            "outputs" to listOf(mapOf("name" to "boxes", "steps" to steps)),
            "labels" to if (labels.isEmpty()) emptyMap() else mapOf("names" to "names.txt"),
        )
        return Pipeline(parseSpec(dumps(document)), if (labels.isEmpty()) emptyMap() else mapOf("names" to labels))
    }

    private val rows = mapOf("op" to "decode_boxes", "head" to "set", "boxes" to "boxes", "form" to "corners", "order" to "xy")

    @Test
    fun `boxes of a letterbox lie on the photo, the best first, with their labels`() {
        val nms = mapOf("op" to "nms", "iou" to 0.5, "score" to 0.25, "per_class" to true, "max" to 10)
        val steps = listOf(rows, nms, uncrop, mapOf("op" to "label", "labels" to "names"))
        val pipeline = pipeline("object_detection", steps, labels = listOf("cat", "dog"))
        val same = floatArrayOf(0.25f, 0.125f, 0.5f, 0.5f)
        val values = same + 0.5f + 0f + same + 0.75f + 1f + same + 0.375f + 1f + floatArrayOf(0f, 0f, 1f, 1f, 0.125f, 1f)
        val answer = pipeline.read(mapOf("boxes" to TensorValue.of(values, 1, 4, 6)), pipeline.prepareTraced(photo).trace)
        val box = listOf(160f, 0f, 320f, 240f)
        assertEquals(listOf(Answer.Object(box, 1, 0.75f, "dog"), Answer.Object(box, 0, 0.5f, "cat")), answer.objects)
    }

    @Test
    fun `places on the photo need the trace of the photo`() {
        val pipeline = pipeline("object_detection", listOf(rows, uncrop))
        val outputs = mapOf("boxes" to TensorValue.of(FloatArray(6), 1, 1, 6))
        assertEquals("input/no-trace", assertThrows<SatchelException> { pipeline.read(outputs) }.code)
    }

    @Test
    fun `a class number that is none is refused, with the output's name`() {
        val pipeline = pipeline("object_detection", listOf(rows))
        for (number in floatArrayOf(-1f, 0.5f, 1e10f, Float.POSITIVE_INFINITY)) {
            val values = floatArrayOf(0f, 0f, 1f, 1f, 0.5f, number)
            val error = assertThrows<SatchelException> { pipeline.read(mapOf("boxes" to TensorValue.of(values, 1, 1, 6))) }
            assertEquals(listOf("model/wrong-output", "boxes"), listOf(error.code, error.where))
        }
    }

    @Test
    fun `points of a letterbox lie on the photo`() {
        val steps = listOf(mapOf("op" to "landmarks", "dimensions" to 2, "order" to "yx"), uncrop)
        val pipeline = pipeline("keypoints", steps)
        val values = TensorValue.of(floatArrayOf(0.5f, 0.5f, 0.125f, 0.25f), 1, 4)
        val answer = pipeline.read(mapOf("boxes" to values), pipeline.prepareTraced(photo).trace)
        assertEquals(listOf(Answer.Keypoint(320f, 240f, 1f), Answer.Keypoint(160f, 0f, 1f)), answer.keypoints)
    }

    @Test
    fun `a mask of a letterbox is as large as the photo, and shows no margin`() {
        val argmax = mapOf("op" to "argmax_mask", "layout" to "NHWC", "threshold" to 0.5)
        val pipeline = pipeline("segmentation", listOf(argmax, mapOf("op" to "uncrop", "input" to "image")))
        val scores = FloatArray(8 * 8) { if (it % 8 < 4) 1f else 0f }
        val answer = pipeline.read(mapOf("boxes" to TensorValue.of(scores, 1, 8, 8, 1)), pipeline.prepareTraced(photo).trace)
        val mask = answer.mask!!
        assertEquals(listOf(640, 480), listOf(mask.width, mask.height))
        for (place in 0 until mask.size) assertEquals(if (place % 640 < 320) 1 else 0, mask[place])
    }

    @Test
    fun `scores are ranked best first, equal ones by index, infinite ones too`() {
        val scores = floatArrayOf(0f, -1f, Float.POSITIVE_INFINITY, -0f, 2f, Float.NEGATIVE_INFINITY, 2f, Float.MIN_VALUE)
        assertArrayEquals(intArrayOf(2, 4, 6, 7, 0, 3, 1, 5), bestFirst(scores))
    }
}
