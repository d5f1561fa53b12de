package dev.satchel.vectors.handlers

import dev.satchel.checkSteps
import dev.satchel.dumps
import dev.satchel.loads
import dev.satchel.parseSpec
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Vectors of documents: JSON itself, and specs that are refused. */
val DOCUMENTS: Map<String, Handler> = mapOf("spec" to ::document, "json" to ::json)

private fun document(case: Json, file: Json): Any? {
    val text = case["document"] as? String ?: dumps(changed(file["valid"], case["change"] as Map<*, *>))
    checkSteps(parseSpec(text))
    return null
}

/** Gives a document with one value put in another's place. */
private fun changed(document: Any?, change: Map<*, *>): Any? = replaced(document, change["path"] as List<*>, change["value"])

private fun replaced(value: Any?, path: List<*>, by: Any?): Any? = when {
    path.isEmpty() -> by
    value is Map<*, *> -> value + (path[0] to replaced(value[path[0]], path.drop(1), by))
    else -> (value as List<*>).mapIndexed { place, each -> if (place.toDouble() == path[0]) replaced(each, path.drop(1), by) else each }
}

private fun json(case: Json, file: Json): Any? {
    val input = case["input"] as Map<*, *>
    val found = (input["bytes"] as? Values)?.let { loads(it.bytes()) } ?: loads(input["text"] as String)
    check(dumps(found) == case["canonical"]) { "canonical form: expected ${case["canonical"]}, found ${dumps(found)}" }
    return mapOf("value" to found)
}
