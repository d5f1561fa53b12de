package dev.satchel.vectors.handlers

import dev.satchel.Detections
import dev.satchel.Floats
import dev.satchel.Mask
import dev.satchel.Points
import dev.satchel.families.Axis
import dev.satchel.families.Trace
import dev.satchel.families.traced
import dev.satchel.ops.convert
import dev.satchel.readers.Context
import dev.satchel.readers.Read
import dev.satchel.readers.ReadKind
import dev.satchel.readers.readOp
import dev.satchel.steps.BoxForm
import dev.satchel.steps.inputStep
import dev.satchel.steps.outputStep
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Vectors of detectors, keypoints, masks and numbers: each reading step by itself. */
val PLACES: Map<String, Handler> = mapOf(
    "decode_boxes" to ::decodeBoxes,
    "nms" to ::nms,
    "heatmap_keypoints" to ::reading,
    "landmarks" to ::reading,
    "argmax_mask" to ::reading,
    "resize_mask" to ::reading,
    "convert_boxes" to ::convertBoxes,
    "denormalize" to ::numbers,
    "round" to ::numbers,
    "uncrop" to ::uncrop,
)

private fun input(case: Json) = case["input"] as Map<*, *>

private fun floats(given: Any?): Floats = (given as Values).let { Floats(it.floats(), it.shape.toIntArray()) }

private fun outputs(given: Any?): Map<String, Floats> =
    (given as? Map<*, *>).orEmpty().entries.associate { (name, value) -> name as String to floats(value) }

private fun axis(given: Any?): Axis {
    val side = given as Map<*, *>
    val whole = { name: String -> side[name].let { if (it is String) it.toBigInteger() else (it as Double).toBigDecimal().toBigInteger() } }
    return Axis(whole("given").toInt(), whole("prepared").toInt(), whole("scale"), whole("offset"), whole("divisor"))
}

private fun traces(given: Any?): Map<String, Trace> = (given as? Map<*, *>).orEmpty().entries.associate { (name, trace) ->
    name as String to (trace as Map<*, *>).let { Trace(axis(it["x"]), axis(it["y"])) }
}

private fun run(case: Json, value: Any, outputs: Map<String, Floats>): Any {
    val step = outputStep(case["step"], "$")
    return readOp(step).run(step, value, Context(outputs, emptyMap(), traces(input(case)["traces"])))
}

private fun objects(found: Any): Any? = (found as Detections).let {
    mapOf(
        "boxes" to Values.of(it.boxes, listOf(it.scores.size, 4)),
        "scores" to Values.of(it.scores, listOf(it.scores.size)),
        "classes" to Values.of(it.classes, listOf(it.classes.size)),
    )
}

private fun decodeBoxes(case: Json, file: Json): Any? = objects(run(case, Unit, outputs(case["input"])))

private fun nms(case: Json, file: Json): Any? {
    val (boxes, scores, classes) = listOf("boxes", "scores", "classes").map { input(case)[it] as Values }
    return objects(run(case, Detections(boxes.floats(), scores.floats(), classes.ints()), emptyMap()))
}

private fun maskOf(given: Any?): Mask {
    val indices = given as Values
    val (height, width) = indices.shape
    return if (indices.dtype == "uint8") Mask(width, height, indices.bytes()) else Mask(width, height, indices.ints())
}

private fun maskJson(found: Mask): Any? {
    val shape = listOf(found.height, found.width)
    val bytes = if (found.small) ByteArray(found.size) { found[it].toByte() } else null
    return mapOf("indices" to (bytes?.let { Values.of(it, shape) } ?: Values.of(IntArray(found.size) { found[it] }, shape)))
}

private fun pointsJson(found: Points): Any? {
    val scores = found.scores!!
    return mapOf("xy" to Values.of(found.xy, listOf(scores.size, 2)), "scores" to Values.of(scores, listOf(scores.size)))
}

private fun reading(case: Json, file: Json): Any? {
    val given = input(case)["value"]
    val value = if (given is Map<*, *>) maskOf(given["indices"]) else floats(given)
    return when (val found = run(case, value, outputs(input(case)["outputs"]))) {
        is Points -> pointsJson(found)
        is Mask -> maskJson(found)
        else -> (found as Floats).let { Values.of(it.data, it.shape.toList()) }
    }
}

private fun convertBoxes(case: Json, file: Json): Any? {
    val step = case["step"] as Map<*, *>
    val form = { name: String -> BoxForm.entries.first { it.word == step[name] } }
    val boxes = case["input"] as Values
    return Values.of(convert(boxes.floats(), form("from"), form("to")), boxes.shape)
}

private fun numbers(case: Json, file: Json): Any? {
    val value = floats(input(case)["value"])
    val step = outputStep(case["step"], "$")
    readOp(step).after(step, Read(ReadKind.NUMBERS, value.shape.toList()), emptyMap())
    return (run(case, value, emptyMap()) as Floats).let { Values.of(it.data, it.shape.toList()) }
}

private fun uncrop(case: Json, file: Json): Any? {
    val step = outputStep(case["step"], "$")
    val given = input(case)
    val steps = (given["steps"] as List<*>).map { inputStep(it, "$") }
    val (width, height) = listOf("width", "height").map { (given[it] as Double).toInt() }
    val (kind, value) = placesOf(given)
    readOp(step).after(step, Read(kind), emptyMap())
    val context = Context(emptyMap(), emptyMap(), mapOf("image" to traced(steps, width, height)))
    return when (val found = readOp(step).run(step, value, context)) {
        is Detections -> mapOf("boxes" to Values.of(found.boxes, (given["boxes"] as Values).shape))
        is Points -> mapOf("xy" to Values.of(found.xy, (given["xy"] as Values).shape))
        else -> maskJson(found as Mask)
    }
}

private fun placesOf(given: Map<*, *>): Pair<ReadKind, Any> {
    val boxes = given["boxes"] as? Values
    val xy = given["xy"] as? Values
    if (boxes != null) return ReadKind.OBJECTS to Detections(boxes.floats(), FloatArray(boxes.shape[0]), IntArray(boxes.shape[0]))
    return if (xy != null) ReadKind.POINTS to Points(xy.floats()) else ReadKind.MASK to maskOf(given["indices"])
}
