package dev.satchel.app.camera

import dev.satchel.Dtype
import dev.satchel.TensorValue
import org.json.JSONArray
import org.json.JSONObject
import java.nio.ByteOrder

const val ARTEFACT = "int8/tflite"

/** Gives the text of a spec whose image is prepared by some steps, and goes into a tensor. */
fun specOf(steps: JSONArray, tensor: JSONObject? = null): String {
    val taken = tensor?.let { JSONObject().put(ARTEFACT, JSONObject(it.toString()).put("name", "image").put("index", 0)) }
    val given = tensor?.let { JSONObject().put(ARTEFACT, JSONObject(SCORES)) }
    val input = JSONObject().put("name", "image").put("steps", steps).put("tensor", taken ?: JSONObject())
    val output = JSONObject().put("name", "scores").put("steps", JSONArray()).put("tensor", given ?: JSONObject())
    return JSONObject(DOCUMENT).put("inputs", JSONArray().put(input)).put("outputs", JSONArray().put(output)).toString()
}

/** Gives the pixel of the most brightness in a prepared picture, float32 [1, height, width, 3]: column and row. */
fun brightest(tensor: TensorValue): Pair<Int, Int> {
    check(tensor.dtype == Dtype.FLOAT32)
    val width = tensor.shape[2]
    val values = FloatArray(tensor.size).also { tensor.data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(it) }
    val place = values.indices.maxBy { values[it] } / 3
    return place % width to place / width
}

/** Gives a frame of one grey, or with one light pixel. */
fun grey(width: Int, height: Int, light: Byte = 100): Samples {
    val colour = (width + 1) / 2 * ((height + 1) / 2)
    return Samples(width, height, ByteArray(width * height) { light }, ByteArray(colour) { -128 }, ByteArray(colour) { -128 })
}

private const val SCORES = """{"name": "scores", "index": 0, "shape": [1, 2], "dtype": "float32"}"""
private const val DOCUMENT = """{"satchel": "1.0", "name": "frames", "task": "generic"}"""
