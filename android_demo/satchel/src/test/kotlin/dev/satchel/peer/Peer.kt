package dev.satchel.peer

import dev.satchel.SatchelException
import dev.satchel.dumps
import dev.satchel.loads
import dev.satchel.vectors.HANDLERS
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values
import dev.satchel.vectors.unpacked
import java.io.PrintStream
import java.util.Base64

private const val DEEPEST = 1000

private val PEER_HANDLERS: Map<String, Handler> = HANDLERS + mapOf("run" to ::run)

/** Runs cases for Python: a case a line on standard input, what Kotlin makes of it a line on standard output. */
fun main() {
    val out = PrintStream(System.out, true, "UTF-8")
    for (line in generateSequence(System.`in`.bufferedReader()::readLine)) out.println(answer(line))
}

@Suppress("UNCHECKED_CAST") // A case is an object.
private fun answer(line: String): String = try {
    val asked = loads(line, "standard input", DEEPEST) as Json
    val handler = PEER_HANDLERS[asked["op"]] ?: error("no handler for ${asked["op"]}")
    dumps(mapOf("found" to packed(handler(unpacked(asked["input"]) as Json, emptyMap()))))
} catch (error: SatchelException) {
    dumps(mapOf("code" to error.code, "where" to error.where))
} catch (error: Throwable) {
    dumps(mapOf("crashed" to error.stackTraceToString()))
}

/** Gives a value as JSON holds it: its arrays as {dtype, shape, data}. */
private fun packed(value: Any?): Any? = when {
    value is Values -> mapOf("dtype" to value.dtype, "shape" to value.shape, "data" to Base64.getEncoder().encodeToString(value.bytes()))
    value is Map<*, *> -> value.mapValues { packed(it.value) }
    value is List<*> -> value.map(::packed)
    value is Number && !value.toDouble().isFinite() -> mapOf("number" to value.toString())
    else -> value
}
