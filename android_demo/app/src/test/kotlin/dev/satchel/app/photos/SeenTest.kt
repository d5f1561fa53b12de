package dev.satchel.app.photos

import dev.satchel.Photo
import dev.satchel.Pipeline
import dev.satchel.TensorValue
import dev.satchel.parseSpec
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

private val COLOURS = intArrayOf(0xFF102030.toInt(), 0xFFFF0000.toInt(), 0xFF00FF00.toInt(), 0xFF0000FF.toInt())

/** What a model saw is the photo again, whatever its preparation made of the numbers. */
class SeenTest {
    private fun seen(steps: String, tensor: String): List<Int>? {
        val spec = parseSpec(
            """{"name":"m","task":"generic","inputs":[{"name":"image","steps":[{"op":"decode"},
            {"op":"crop","width":2,"height":2,"offset_rounding":"floor"}$steps],"tensor":{"a/tflite":$tensor}}],
            "outputs":[{"name":"out","steps":[],"tensor":{"a/tflite":{"name":"o","index":0,"shape":[1,2],"dtype":"float32"}}}]}""",
        )
        val photo = Photo.fromPixels(ByteArray(12) { (COLOURS[it / 3] shr 16 - 8 * (it % 3)).toByte() }, 2, 2)
        val input = spec.inputs.single()
        val prepared = Pipeline(spec, emptyMap(), "a/tflite").prepare(photo).getValue("image")
        return seenBy(input, input.tensor.getValue("a/tflite"), prepared)?.argb?.toList()
    }

    @Test
    fun `numbers around zero`() {
        val steps = """,{"op":"rescale","divisor":127.5,"offset":-1}"""
        assertEquals(COLOURS.toList(), seen(steps, """{"name":"x","index":0,"shape":[1,2,2,3],"dtype":"float32"}"""))
    }

    @Test
    fun `mean and deviation of each channel, colours the other way, planes`() {
        val steps = """,{"op":"color","to":"BGR"},{"op":"rescale","divisor":255},
            {"op":"normalize","mean":[0.4,0.5,0.6],"std":[0.2,0.3,0.4],"range":"0..1"},{"op":"layout","to":"NCHW"}"""
        assertEquals(COLOURS.toList(), seen(steps, """{"name":"x","index":0,"shape":[1,3,2,2],"dtype":"float32"}"""))
    }

    @Test
    fun `a quantised tensor`() {
        val steps = """,{"op":"rescale","divisor":255}"""
        val tensor = """{"name":"x","index":0,"shape":[1,2,2,3],"dtype":"int8","scale":0.00392156862745098,"zero_point":-128}"""
        assertEquals(COLOURS.toList(), seen(steps, tensor))
    }

    @Test
    fun `grey is grey, and numbers that are no picture are not shown`() {
        val grey = seen(""",{"op":"color","to":"GRAY"}""", """{"name":"x","index":0,"shape":[1,2,2,1],"dtype":"uint8"}""")!!
        assertEquals(listOf(29, 76, 150, 29), grey.map { it and 255 })
        assertEquals(grey.map { it and 255 }, grey.map { it shr 16 and 255 })
        val spec =
            parseSpec(
                """{"name":"m","task":"generic","inputs":[{"name":"i","steps":[{"op":"decode"}],"tensor":{"a/tflite":
            {"name":"x","index":0,"shape":[1,4],"dtype":"float32"}}}],"outputs":[{"name":"o","steps":[]}]}""",
            )
        val input = spec.inputs.single()
        assertNull(seenBy(input, input.tensor.getValue("a/tflite"), TensorValue.of(floatArrayOf(1f, 2f, 3f, 4f), 1, 4)))
    }
}
