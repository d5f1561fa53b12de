package dev.satchel.app.camera

import android.os.Build
import dev.satchel.Frame
import dev.satchel.Pipeline
import dev.satchel.parseSpec
import dev.satchel.steps.FrameRange
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import java.io.File
import java.util.Base64

/** A camera's image becomes a frame as it is: the golden vectors of frames hold for it in every layout. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class FramePlanesTest {
    private val planes = FramePlanes()

    @Test
    fun `the golden tensors of frames come out of images in every layout`() {
        val cases = vectors().filter { it.getString("result") == "valid" && it.getJSONObject("input").has("rotation") }
        assertEquals(setOf(0, 90, 180, 270), cases.mapTo(HashSet()) { it.getJSONObject("input").getInt("rotation") })
        for (case in cases) {
            val input = case.getJSONObject("input")
            val samples = samplesOf(input)
            val pipeline = pipelineOf(case)
            val expected = Base64.getDecoder().decode(case.getJSONObject("expected").getString("data"))
            for (layout in layoutsFor(case)) {
                val image = SyntheticImage(samples, layout, input.getString("range") == "limited")
                val frame = planes.copy(image, input.getInt("rotation"))
                val tensor = pipeline.prepare(frame).values.single()
                assertArrayEquals("${case.getString("id")} $layout", expected, tensor.bytes())
            }
        }
    }

    @Test
    fun `a camera's frame has all of 0 to 255 where its image does not say otherwise`() {
        val frame = planes.copy(SyntheticImage(grey(6, 4), Layout.NV21), 90)
        assertEquals(FrameRange.FULL, frame.range)
        assertEquals(90, frame.rotation)
    }

    @Test
    fun `before Android 13 no image says its range`() {
        val image = SyntheticImage(grey(6, 4), Layout.NV21, limited = true)
        val version = Build.VERSION.SDK_INT
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", Build.VERSION_CODES.S_V2)
        try {
            assertEquals(FrameRange.FULL, planes.copy(image, 0).range)
        } finally {
            ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", version)
        }
    }

    @Test
    fun `frames of one kind are one frame, filled anew`() {
        val first = planes.copy(SyntheticImage(grey(6, 4), Layout.NV21), 90)
        val before = first.y.data[0]
        val second = planes.copy(SyntheticImage(grey(6, 4, light = 9), Layout.NV21), 90)
        assertSame(first, second)
        assertEquals(100.toByte() to 9.toByte(), before to second.y.data[0])
    }

    @Test
    fun `what differs in anything is another frame`() {
        val frames = ArrayList<Frame>()
        for (layout in Layout.entries) frames += planes.copy(SyntheticImage(grey(6, 4), layout), 0)
        frames += planes.copy(SyntheticImage(grey(4, 6), Layout.NV12_PADDED), 0)
        frames += planes.copy(SyntheticImage(grey(4, 6), Layout.NV12_PADDED), 180)
        frames += planes.copy(SyntheticImage(grey(4, 6), Layout.NV12_PADDED, limited = true), 180)
        assertEquals(frames.size, frames.toSet().size)
        assertEquals(FrameRange.LIMITED, frames.last().range)
        assertEquals(4 to 6, frames.last().width to frames.last().height)
    }

    @Test
    fun `an image that is closed is no frame`() {
        val image = SyntheticImage(grey(6, 4), Layout.NV21)
        image.close()
        assertThrows(IllegalStateException::class.java) { planes.copy(image, 0) }
    }

    /** A spec that says NV21 takes colours 2 bytes apart, and no others. */
    private fun layoutsFor(case: JSONObject): List<Layout> {
        val nv21 = case.getJSONArray("steps").getJSONObject(0).optString("format") == "NV21"
        return if (nv21) listOf(Layout.NV21, Layout.NV12_PADDED) else Layout.entries
    }

    private fun vectors(): List<JSONObject> {
        val file = File(System.getProperty("satchel.root"), "metadata/vectors/pipeline/frames.json")
        val cases = JSONObject(file.readText()).getJSONArray("cases")
        return List(cases.length()) { cases.getJSONObject(it) }
    }

    /** Gives the samples of a vector's frame, whatever its strides. */
    private fun samplesOf(input: JSONObject): Samples {
        val (width, height) = listOf(input.getInt("width"), input.getInt("height"))
        val given = input.getJSONArray("planes").let { all -> List(all.length()) { all.getJSONObject(it) } }
        val bytes = given.map { Base64.getDecoder().decode(it.getString("data")) }
        val (across, down) = listOf((width + 1) / 2, (height + 1) / 2)
        if (bytes.size == 1) {
            val light = width * height
            val colours = List(2) { c -> ByteArray(across * down) { bytes[0][light + 2 * it + 1 - c] } }
            return Samples(width, height, bytes[0].copyOf(light), colours[0], colours[1])
        }
        val rows = input.getJSONArray("row_strides").ints()
        val pixels = input.getJSONArray("pixel_strides").ints()
        val light = dense(bytes[0], width, height, rows[0], pixels[0])
        val colours = listOf(1, 2).map { dense(bytes[it], across, down, rows[it], pixels[1]) }
        return Samples(width, height, light, colours[0], colours[1])
    }

    private fun dense(data: ByteArray, width: Int, height: Int, row: Int, pixel: Int) =
        ByteArray(width * height) { data[it / width * row + it % width * pixel] }

    private fun JSONArray.ints() = List(length()) { getInt(it) }

    private fun pipelineOf(case: JSONObject): Pipeline {
        val tensor = case.optJSONObject("tensor")
        return Pipeline(parseSpec(specOf(case.getJSONArray("steps"), tensor)), emptyMap(), tensor?.let { ARTEFACT })
    }
}
