package dev.satchel.peer

import dev.satchel.Bundle
import dev.satchel.Row
import dev.satchel.Signal
import dev.satchel.Thing
import dev.satchel.WindowOutputs
import dev.satchel.answerJson
import dev.satchel.tflite.TfLiteEngine
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values
import dev.satchel.vectors.photo
import java.io.File

private val loaded = HashMap<Pair<String, String>, Bundle>()

/** Gives what an artefact of a packed model makes of a thing: prepared tensors and outputs, window by window, and the answer. */
internal fun run(case: Json, file: Json): Any? {
    val bundle = opened(case["bundle"] as String, case["artefact"] as String)
    val windows = bundle.pipeline().windows(thingOf(case["input"]))
    val outputs = windows.map { WindowOutputs(it.start, bundle.infer(it.tensors, copied = true)) }
    return mapOf(
        "prepared" to windows.map { each -> each.tensors.mapValues { Values.of(it.value) } },
        "outputs" to outputs.map { each -> each.outputs.mapValues { Values.of(it.value) } },
        "answer" to answerJson(bundle.pipeline().readWindows(outputs, windows.first().trace)),
    )
}

private fun opened(path: String, artefact: String): Bundle = loaded.getOrPut(path to artefact) {
    Bundle.open(File(path)).also { bundle -> bundle.load(artefact) { TfLiteEngine(it) } }
}

/** Gives the photo of [h, w, 3] pixels, the signal of [samples, channels] values, or the row that a map is. */
private fun thingOf(given: Any?): Thing = when {
    given is Map<*, *> -> Row(given.entries.associate { it.key as String to it.value })
    (given as Values).shape.size == 2 -> Signal(given.doubles(), given.shape[1])
    else -> photo(given)
}
