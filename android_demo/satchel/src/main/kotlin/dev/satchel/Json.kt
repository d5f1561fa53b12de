package dev.satchel

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/** The largest integer that a document may hold: beyond it, binary64 no longer tells neighbours apart. */
internal const val MAX_INTEGER: Long = 1L shl 53

private const val MAX_DEPTH = 100
private val NUMBER = Regex("-?(?:0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
private val CONSTANTS = listOf("NaN", "Infinity", "-Infinity")
private val ESCAPED = mapOf('"' to '"', '\\' to '\\', '/' to '/', 'b' to '\b', 'f' to '\u000C', 'n' to '\n', 'r' to '\r', 't' to '\t')

/**
 * Gives the value of a JSON document: Map, List, String, Double, Boolean or null.
 *
 * Stricter than most readers: a key that stands twice, NaN, infinities, numbers that overflow to one and integers beyond
 * 2^53 are refused.
 *
 * @param bytes UTF-8 without a byte-order mark.
 * @param where the name of the document in errors.
 * @param depth the arrays and objects that a value may stand inside.
 * @throws SatchelException spec/not-json, spec/duplicate-key, spec/not-finite or spec/integer-too-large.
 */
internal fun loads(bytes: ByteArray, where: String = "$", depth: Int = MAX_DEPTH): Any? = loads(decoded(bytes, where), where, depth)

/** Gives the value of a JSON document that is text already. */
internal fun loads(text: String, where: String = "$", depth: Int = MAX_DEPTH): Any? = Reader(text, where, depth).document()

private fun decoded(bytes: ByteArray, where: String): String {
    val decoder = Charsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
    return try {
        decoder.decode(ByteBuffer.wrap(bytes)).toString()
    } catch (_: CharacterCodingException) {
        throw SatchelException("spec/not-json", "the document is not UTF-8", where)
    }
}

/** Says whether a text holds a surrogate by itself, which is no character. */
internal fun hasHalfPair(text: String): Boolean {
    var place = 0
    while (place < text.length) {
        val each = text.codePointAt(place)
        if (each in 0xD800..0xDFFF) return true
        place += Character.charCount(each)
    }
    return false
}

private class Reader(private val text: String, private val where: String, private val deepest: Int) {
    private var place = 0

    fun document(): Any? {
        val found = value(0)
        space()
        if (place != text.length) throw notJson("something stands behind the document")
        return found
    }

    private fun value(depth: Int): Any? {
        if (depth > deepest) throw notJson("a value stands inside more than $deepest arrays and objects")
        space()
        return when (text.getOrNull(place)) {
            '{' -> entries(depth)
            '[' -> items(depth)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
    }

    private fun entries(depth: Int): Map<String, Any?> {
        val found = LinkedHashMap<String, Any?>()
        place++
        space()
        if (accept('}')) return found
        do {
            space()
            if (text.getOrNull(place) != '"') throw notJson("a key is expected")
            val key = string()
            space()
            expect(':')
            if (key in found) throw refusal("spec/duplicate-key", "the key ${shown(key)} stands twice in one object")
            found[key] = value(depth + 1)
            space()
        } while (accept(','))
        expect('}')
        return found
    }

    private fun items(depth: Int): List<Any?> {
        val found = ArrayList<Any?>()
        place++
        space()
        if (accept(']')) return found
        do {
            found.add(value(depth + 1))
            space()
        } while (accept(','))
        expect(']')
        return found
    }

    private fun string(): String {
        val found = StringBuilder()
        place++
        while (true) {
            val next = text.getOrNull(place++) ?: throw notJson("a string does not end")
            when {
                next == '"' -> return found.toString().also { if (hasHalfPair(it)) throw notJson("a string holds half a surrogate pair") }
                next == '\\' -> found.append(escaped())
                next < ' ' -> throw notJson("a string holds a control character")
                else -> found.append(next)
            }
        }
    }

    private fun escaped(): Char {
        val mark = text.getOrNull(place++)
        if (mark != 'u') return ESCAPED[mark] ?: throw notJson("a string holds an escape that is not known")
        val digits = text.substring(place, minOf(place + 4, text.length))
        if (digits.length < 4 || !digits.all { it in '0'..'9' || it in 'a'..'f' || it in 'A'..'F' }) {
            throw notJson("\\u needs four hexadecimal digits")
        }
        place += 4
        return digits.toInt(16).toChar()
    }

    private fun number(): Double {
        CONSTANTS.find { text.startsWith(it, place) }?.let { throw refusal("spec/not-finite", "$it is no JSON number") }
        val match = NUMBER.matchAt(text, place) ?: throw notJson("a value is expected")
        place = match.range.last + 1
        if (match.groups[1] == null && match.groups[2] == null) return whole(match.value)
        val found = match.value.toDouble()
        if (found.isInfinite()) throw refusal("spec/not-finite", "the number ${short(match.value)} is beyond binary64")
        return found
    }

    private fun whole(literal: String): Double {
        val tooLarge = literal.trimStart('-').let { it.length > 16 || it.toLong() > MAX_INTEGER }
        if (tooLarge) throw refusal("spec/integer-too-large", "the integer ${short(literal)} is beyond 2^53")
        return literal.toLong().toDouble()
    }

    private fun word(word: String, meaning: Any?): Any? {
        if (!text.startsWith(word, place)) throw notJson("a value is expected")
        place += word.length
        return meaning
    }

    private fun space() {
        while (place < text.length && text[place].let { it == ' ' || it == '\t' || it == '\n' || it == '\r' }) place++
    }

    private fun accept(mark: Char): Boolean = (text.getOrNull(place) == mark).also { if (it) place++ }

    private fun expect(mark: Char) {
        if (!accept(mark)) throw notJson("'$mark' is expected")
    }

    private fun notJson(message: String) = refusal("spec/not-json", "not JSON at character $place: $message")

    private fun refusal(code: String, message: String) = SatchelException(code, message, where)

    private fun short(literal: String) = if (literal.length <= 40) literal else literal.take(37) + "..."
}
