package dev.satchel.vectors.handlers

import dev.satchel.Pipeline
import dev.satchel.Prepared
import dev.satchel.Signal
import dev.satchel.TensorValue
import dev.satchel.dumps
import dev.satchel.parseSpec
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Vectors of the steps on stretches of signals. */
val SIGNALS: Map<String, Handler> = mapOf(
    "resample" to ::signalStep,
    "detrend" to ::signalStep,
    "window" to ::windows,
    "standardize" to ::standardized,
    "signal_pipeline" to ::signalPipeline,
)

/** Gives the first sample and the tensor of each window, or of the only one. */
private fun windowsOf(steps: List<Any?>, case: Json): List<Prepared> {
    val tensor = case["tensor"]
    val document = documentOf("signal", steps, tensor, "signal_classification")
    val pipeline = Pipeline(parseSpec(dumps(document)), emptyMap(), tensor?.let { ARTEFACT })
    val input = case["input"] as Values
    val signal = Signal(input.doubles(), input.shape.getOrElse(1) { 1 }, case["rate"] as? Double)
    return if (case["single"] == true) listOf(Prepared(pipeline.prepare(signal), start = 0)) else pipeline.windows(signal)
}

private fun tensorOf(found: Prepared): TensorValue = found.tensors.getValue("signal")

/** Gives tensors of one shape as one array, along a new first axis. */
private fun stacked(found: List<TensorValue>, shape: List<Int>): Values {
    val bytes = found.fold(ByteArray(0)) { all, each -> all + each.bytes() }
    return Values(found[0].dtype.word, listOf(found.size) + shape, bytes)
}

private fun signalStep(case: Json, file: Json): Any? {
    val found = tensorOf(windowsOf(listOf(case["step"]), case).first())
    return stacked(listOf(found), found.shape.drop(1)).let { Values(it.dtype, it.shape.drop(1), it.bytes()) }
}

private fun standardized(case: Json, file: Json): Any? = if (case["input"] is Values) signalStep(case, file) else rowStep(case, file)

private fun windows(case: Json, file: Json): Any? {
    val found = windowsOf(listOf(case["step"]), case)
    val tensors = found.map(::tensorOf)
    return mapOf("starts" to found.map { it.start!! }, "windows" to stacked(tensors, tensors[0].shape.drop(1)))
}

private fun signalPipeline(case: Json, file: Json): Any? {
    val found = windowsOf(case["steps"] as List<*>, case)
    val tensors = found.map(::tensorOf)
    return mapOf("starts" to found.map { it.start!! }, "tensors" to stacked(tensors, tensors[0].shape.toList()))
}
