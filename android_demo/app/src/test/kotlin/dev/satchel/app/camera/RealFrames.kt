package dev.satchel.app.camera

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import java.io.File

/** What Python says of a frame, with one variant of one bundle. */
class Said(val artefact: String, val tensor: String, private val answer: String) {
    /** Fails where an answer is another: a mask of a float variant by more than one pixel of a thousand, the contract's bound. */
    fun assertSame(which: String, found: String) {
        if (artefact.startsWith("int8")) return assertEquals(which, answer, found)
        val (wanted, given) = listOf(answer, found).map { pixelsOf(JSONObject(it).getJSONObject("mask")) }
        assertEquals(which, wanted.size, given.size)
        val apart = wanted.indices.count { wanted[it] != given[it] }
        assertTrue("$which: $apart pixels of ${wanted.size} differ", apart * 1000 <= wanted.size)
    }

    private fun pixelsOf(mask: JSONObject): IntArray {
        val pixels = IntArray(mask.getInt("width") * mask.getInt("height"))
        val (counts, indices) = mask.getJSONArray("counts") to mask.getJSONArray("indices")
        var place = 0
        for (run in 0 until counts.length()) repeat(counts.getInt(run)) { pixels[place++] = indices.getInt(run) }
        return pixels
    }
}

/** A frame that a camera would give of a real photo, turned as its sensor lies, and what Python says of it. */
class RealFrame(told: JSONObject, private val folder: File) {
    val file: String = told.getString("file")
    val photo: String = file.substringBefore('-')
    val limited: Boolean = told.getString("range") == "limited"
    val rotation: Int = told.getInt("rotation")
    val width: Int = told.getInt("width")
    val height: Int = told.getInt("height")

    /** By the names of the bundles' files. */
    val said: Map<String, Said> = told.getJSONObject("said").let { all ->
        all.keys().asSequence().associateWith { name ->
            all.getJSONObject(name).run { Said(getString("artefact"), getString("tensor"), getString("answer")) }
        }
    }

    val samples: Samples by lazy { Samples.of(File(folder, file).readBytes(), width, height) }

    fun image(layout: Layout) = SyntheticImage(samples, layout, limited)

    companion object {
        /** Those that scripts/camera_frames.py wrote. */
        fun all(): List<RealFrame> {
            val folder = File(System.getProperty("satchel.root"), "out/android/frames")
            val list = File(folder, "frames.json")
            check(list.isFile) { "$list is not there: make camera-frames" }
            val found = JSONArray(list.readText())
            return List(found.length()) { RealFrame(found.getJSONObject(it), folder) }
        }
    }
}
