package dev.satchel.app.photos

import dev.satchel.app.engines.ROOT
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import java.util.zip.InflaterInputStream

private val FOLDER = File(ROOT, "out/android/photos")

/** How far pixels are from Pillow's, in levels. */
private data class Apart(val most: Int, val mean: Double)

/**
 * Android's own decoders beside Pillow, on photo files that tests/android/decoded_photos.py makes: JPEG in every way that
 * colour is stored, progressive, turned, grey, CMYK, with a profile; PNG of every kind; WebP. All pixels are the same.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class PillowTest {
    private val photos: List<JSONObject> = JSONArray(File(FOLDER, "photos.json").readText()).let { List(it.length(), it::getJSONObject) }

    @Test
    fun `the decoder of Android 9 and later gives the pixels of Pillow`() {
        assertSame("ImageDecoder") { file, background -> decodePhoto({ file.inputStream() }, "photo", background, PhotoLimits()).pixels }
    }

    @Test
    fun `BitmapFactory, the decoder of Android 8, gives the pixels of Pillow`() {
        assertSame("BitmapFactory") { file, background ->
            val photo = PhotoFile.of(file)
            uprightPixels(decodedAsItIs(eightBits(photo.plain)), photo.orientation, background)
        }
    }

    private fun assertSame(decoder: String, decode: (file: ByteArray, background: List<Int>) -> ByteArray) {
        assertTrue("${photos.size} photos", photos.size >= 40)
        val found = photos.associate { photo ->
            val name = photo.getString("name")
            val pixels = decode(File(FOLDER, name).readBytes(), photo.getJSONArray("background").let { List(3, it::getInt) })
            name to apart(name, pixels)
        }
        val kinds = photos.groupBy { it.getString("kind") }
        val table = kinds.entries.joinToString("\n", "\n", "\n") { (kind, all) ->
            val each = all.map { found.getValue(it.getString("name")) }
            "$decoder, $kind: ${all.size} photos, at most ${each.maxOf { it.most }} levels, in the mean ${each.maxOf { it.mean }}"
        }
        File(FOLDER, "$decoder.txt").writeText(found.entries.joinToString("\n", table, "\n") { "${it.key}: ${it.value}" })
        assertEquals(table, emptyMap<String, Apart>(), found.filterValues { it.most > 0 })
    }

    private fun apart(name: String, found: ByteArray): Apart {
        val expected = InflaterInputStream(File(FOLDER, "$name.rgb.z").inputStream()).use { it.readBytes() }
        assertEquals(name, expected.size, found.size)
        val levels = found.indices.map { Math.abs((found[it].toInt() and 255) - (expected[it].toInt() and 255)) }
        return Apart(levels.max(), levels.average())
    }
}
