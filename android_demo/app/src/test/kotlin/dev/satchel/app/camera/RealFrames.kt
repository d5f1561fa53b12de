package dev.satchel.app.camera

import org.json.JSONArray
import org.json.JSONObject
import java.io.File

/** What Python says of a frame, with one variant of one bundle. */
class Said(val artefact: String, val tensor: String, val answer: String)

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
