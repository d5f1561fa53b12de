package dev.satchel.vectors.handlers

import dev.satchel.Frame
import dev.satchel.Pipeline
import dev.satchel.Thing
import dev.satchel.dumps
import dev.satchel.parseSpec
import dev.satchel.steps.FrameRange
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values
import dev.satchel.vectors.photo

/** Vectors of the steps that make a tensor of a picture. */
val IMAGES: Map<String, Handler> =
    listOf("color", "resize", "crop", "crop_content", "center_of_mass", "pad", "rescale", "normalize", "layout", "flip")
        .associateWith<String, Handler> { ::step } +
        mapOf("yuv_to_rgb" to ::yuvToRgb, "pipeline" to ::wholePipeline)

/** Gives the pipeline of a spec with one input and one output. */
fun pipelineOf(steps: List<Any?>, tensor: Any? = null): Pipeline =
    Pipeline(parseSpec(dumps(documentOf("image", steps, tensor))), emptyMap(), tensor?.let { ARTEFACT })

private fun step(case: Json, file: Json): Any? {
    val steps = listOf(mapOf("op" to "decode")) + (case["before"] as? List<*>).orEmpty() + case["step"]
    return withoutBatch(Values.of(pipelineOf(steps).prepare(photo(case["input"])).getValue("image")))
}

internal fun withoutBatch(found: Values) = Values(found.dtype, found.shape.drop(1), found.bytes())

private fun yuvToRgb(case: Json, file: Json): Any? {
    val frame = frameOf(case["input"] as Map<*, *>)
    return withoutBatch(Values.of(pipelineOf(listOf(case["step"])).prepare(frame).getValue("image")))
}

private fun frameOf(given: Map<*, *>): Frame {
    val (width, height) = listOf("width", "height").map { (given[it] as Double).toInt() }
    val planes = (given["planes"] as List<*>).map { (it as Values).bytes() }
    val range = (given["range"] as? String)?.let { FrameRange.named(it) }
    val rotation = (given["rotation"] as? Double)?.toInt()
    if (planes.size == 1) return Frame.nv21(planes[0], width, height, range, rotation)
    val rows = (given["row_strides"] as List<*>).map { (it as Double).toInt() }
    val pixels = (given["pixel_strides"] as List<*>).map { (it as Double).toInt() }
    val (y, u, v) = planes.map { Frame.Plane(it) }
    return Frame(width, height, y, u, v, rows[0], rows[1], rows[2], pixels[0], pixels[1], range, rotation)
}

private fun wholePipeline(case: Json, file: Json): Any? =
    Values.of(pipelineOf(case["steps"] as List<*>, case["tensor"]).prepare(pictureOf(case["input"])).getValue("image"))

private fun pictureOf(given: Any?): Thing = if (given is Map<*, *> && "planes" in given) frameOf(given) else photo(given)
