package dev.satchel

import java.math.BigDecimal
import java.math.MathContext
import java.math.RoundingMode

private const val SHORT = 80

/** Gives the canonical JSON of a value made of Map, List, String, numbers, Boolean and null. */
internal fun dumps(value: Any?): String = StringBuilder().also { write(value, it) }.toString()

/** Gives a value as JSON that fits into a message. */
internal fun shown(value: Any?): String = dumps(value).let { if (it.length <= SHORT) it else it.take(SHORT - 3) + "..." }

private fun write(value: Any?, out: StringBuilder) {
    when (value) {
        null -> out.append("null")
        is String -> quoted(value, out)
        is Boolean -> out.append(value)
        is Map<*, *> -> entries(value, out)
        is List<*> -> items(value, out)
        is Int -> out.append(value)
        is Long -> out.append(value)
        is Number -> out.append(number(value.toDouble()))
        else -> error("${value::class} has no JSON")
    }
}

private fun entries(value: Map<*, *>, out: StringBuilder) {
    out.append('{')
    value.keys.map { it as String }.sortedWith(::byCodePoint).forEachIndexed { place, key ->
        if (place > 0) out.append(',')
        quoted(key, out)
        out.append(':')
        write(value[key], out)
    }
    out.append('}')
}

private fun items(value: List<*>, out: StringBuilder) {
    out.append('[')
    value.forEachIndexed { place, each ->
        if (place > 0) out.append(',')
        write(each, out)
    }
    out.append(']')
}

private fun quoted(text: String, out: StringBuilder) {
    out.append('"')
    for (each in text) {
        when {
            each == '"' || each == '\\' -> out.append('\\').append(each)
            each == '\n' -> out.append("\\n")
            each == '\r' -> out.append("\\r")
            each == '\t' -> out.append("\\t")
            each == '\b' -> out.append("\\b")
            each == '\u000C' -> out.append("\\f")
            each < ' ' -> out.append("\\u").append(each.code.toString(16).padStart(4, '0'))
            else -> out.append(each)
        }
    }
    out.append('"')
}

/**
 * Gives an integral number up to 2^53 without point and exponent, every other with the fewest digits that read back the
 * same, of those the nearest, of two as near the even one: with a point where its first digit stands for 10^-4 to 10^15,
 * else with an exponent of two digits at least.
 */
private fun number(value: Double): String {
    if (value == Math.rint(value) && Math.abs(value) <= MAX_INTEGER) return value.toLong().toString()
    val exact = BigDecimal(value)
    val fewer = (1..17).asSequence().map { exact.round(MathContext(it, RoundingMode.HALF_EVEN)) }
    val shortest = fewer.first { it.toDouble() == value }.stripTrailingZeros()
    val exponent = shortest.precision() - shortest.scale() - 1
    if (exponent in -4..15) return shortest.toPlainString().let { if ('.' in it) it else "$it.0" }
    val digits = shortest.unscaledValue().abs().toString()
    val tail = if (digits.length > 1) "." + digits.substring(1) else ""
    val power = Math.abs(exponent).toString().padStart(2, '0')
    return "${if (value < 0) "-" else ""}${digits[0]}${tail}e${if (exponent < 0) '-' else '+'}$power"
}

/** Orders texts by their code points: UTF-16 puts surrogates before U+E000. */
internal fun byCodePoint(first: String, second: String): Int {
    var place = 0
    while (place < first.length && place < second.length) {
        val (one, other) = first.codePointAt(place) to second.codePointAt(place)
        if (one != other) return one.compareTo(other)
        place += Character.charCount(one)
    }
    return first.length.compareTo(second.length)
}
