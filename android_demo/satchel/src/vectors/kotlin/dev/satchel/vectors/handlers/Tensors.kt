package dev.satchel.vectors.handlers

import dev.satchel.Pipeline
import dev.satchel.WindowOutputs
import dev.satchel.answerJson
import dev.satchel.dumps
import dev.satchel.parseSpec
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Samples from one window to the next. */
private const val APART = 8

/** Vectors of specs held against an artefact's tensors, and of outputs of every dtype and shape. */
val TENSORS: Map<String, Handler> = mapOf("tensors" to ::tensors, "read" to ::read)

private fun pipeline(case: Json): Pipeline {
    val input = case["input"] as Map<*, *>
    val labels = (input["labels"] as Map<*, *>).entries.associate { (name, list) ->
        name as String to (list as List<*>).map { it as String }
    }
    return Pipeline(parseSpec(dumps(input["spec"])), labels, input["artefact"] as String?)
}

private fun tensors(case: Json, file: Json): Any? {
    pipeline(case)
    return mapOf("refused" to false)
}

private fun read(case: Json, file: Json): Any? {
    val windows = ((case["input"] as Map<*, *>)["windows"] as List<*>).mapIndexed { place, outputs ->
        WindowOutputs(
            APART * place,
            (outputs as Map<*, *>).entries.associate { (name, value) ->
                name as String to
                    (value as Values).tensor()
            },
        )
    }
    return answerJson(pipeline(case).readWindows(windows))
}
