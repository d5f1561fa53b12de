package dev.satchel.app.photos

import dev.satchel.Photo
import dev.satchel.SatchelException
import dev.satchel.app.engines.ROOT
import dev.satchel.parseSpec
import dev.satchel.steps.Decode
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import java.util.Base64

/** The golden vectors of the decode step, which the library leaves to the app, on Android's own decoder. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class DecodeVectorsTest {
    @Test
    fun `every vector of decode holds`() {
        val files = File(ROOT, "metadata/vectors/decode").listFiles().orEmpty().filter { it.extension == "json" }
        val cases = files.flatMap { file -> JSONObject(file.readText()).getJSONArray("cases").let { List(it.length(), it::getJSONObject) } }
        assertTrue("${cases.size} cases", cases.size >= 70)
        cases.forEach(::check)
        println("vectors: decode ${cases.size} on Android's decoder")
    }

    private fun check(case: JSONObject) {
        val id = case.getString("id")
        val expected = case.optJSONObject("expected")
        if (expected == null) return assertEquals(id, case.getString("code"), code(case))
        val photo = decoded(case)
        val shape = expected.getJSONArray("shape")
        assertEquals(id, shape.getInt(0) to shape.getInt(1), photo.height to photo.width)
        assertArrayEquals(id, Base64.getDecoder().decode(expected.getString("data")), photo.pixels)
    }

    private fun code(case: JSONObject): String = try {
        decoded(case)
        "none"
    } catch (error: SatchelException) {
        error.code
    }

    private fun decoded(case: JSONObject): Photo {
        val file = Base64.getDecoder().decode(case.getJSONObject("input").getString("base64"))
        val spec = parseSpec(
            """{"name":"m","task":"generic","inputs":[{"name":"image","steps":[${case.getJSONObject("step")}]}],
            "outputs":[{"name":"out","steps":[]}]}""",
        )
        val step = spec.inputs.single().steps.single() as Decode
        return decodePhoto({ file.inputStream() }, "photo", step.background, PhotoLimits())
    }
}
