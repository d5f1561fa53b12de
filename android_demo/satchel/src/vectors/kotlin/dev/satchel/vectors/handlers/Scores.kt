package dev.satchel.vectors.handlers

import dev.satchel.Dtype
import dev.satchel.Floats
import dev.satchel.Pipeline
import dev.satchel.answerJson
import dev.satchel.dumps
import dev.satchel.ops.dequantize
import dev.satchel.ops.limits
import dev.satchel.ops.quantize
import dev.satchel.parseSpec
import dev.satchel.readers.Context
import dev.satchel.readers.Read
import dev.satchel.readers.ReadKind
import dev.satchel.readers.readOp
import dev.satchel.steps.outputStep
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Vectors of the steps that make classes of scores, and of quantised tensors. */
val SCORES: Map<String, Handler> = mapOf(
    "softmax" to ::numbers,
    "sigmoid" to ::numbers,
    "top_k" to ::answer,
    "threshold" to ::answer,
    "label" to ::answer,
    "quantize" to ::quantized,
    "dequantize" to ::dequantized,
)

private fun pipeline(case: Json): Pipeline {
    val labels = case["labels"] as? List<*>
    val document = mapOf(
        "satchel" to "1.0",
        "name" to "test",
        "task" to "image_classification",
        "inputs" to listOf(mapOf("name" to "image", "steps" to listOf(mapOf("op" to "decode")))),
        "outputs" to listOf(mapOf("name" to "scores", "steps" to case["steps"])),
        "labels" to if (labels == null) emptyMap() else mapOf("classes" to "labels.txt"),
    )
    return Pipeline(parseSpec(dumps(document)), if (labels == null) emptyMap() else mapOf("classes" to labels.map { it as String }))
}

private fun outputs(case: Json) = mapOf("scores" to (case["input"] as Values).tensor())

private fun numbers(case: Json, file: Json): Any? {
    val step = (case["steps"] as List<*>).first() as Map<*, *>
    return if ("layout" in step) places(step, case["input"] as Values) else row(case)
}

/** Gives what softmax makes of scores at each place of a mask. */
private fun places(given: Map<*, *>, value: Values): Values {
    val step = outputStep(given, "$.outputs[0].steps[0]")
    readOp(step).after(step, Read(ReadKind.NUMBERS), emptyMap())
    val found = readOp(step).run(step, Floats(value.floats(), value.shape.toIntArray()), Context(emptyMap(), emptyMap(), emptyMap()))
    return Values.of((found as Floats).data, value.shape)
}

private fun row(case: Json): Values = Values.of(pipeline(case).scores(outputs(case)), (case["input"] as Values).shape)

private fun answer(case: Json, file: Json): Any? = answerJson(pipeline(case).read(outputs(case)))

private fun quantized(case: Json, file: Json): Any? {
    val input = case["input"] as Values
    val tensor = case["tensor"] as Map<*, *>
    val dtype = Dtype.entries.first { it.word == tensor["dtype"] }
    val (scale, zeroPoint) = (tensor["scale"] as Double).toFloat() to (tensor["zero_point"] as Double).toLong()
    val found = dev.satchel.TensorValue.allocate(dtype, input.shape.toIntArray())
    input.floats().forEachIndexed { place, each -> found.putInteger(place, quantize(each, scale, zeroPoint, limits(dtype))) }
    return Values.of(found)
}

private fun dequantized(case: Json, file: Json): Any? {
    val tensor = case["tensor"] as Map<*, *>
    val found = dequantize((case["input"] as Values).tensor(), tensor["scale"] as Double, (tensor["zero_point"] as Double).toLong())
    return Values.of(found.data, found.shape.toList())
}
