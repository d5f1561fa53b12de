package dev.satchel

import java.io.IOException
import java.io.InputStream
import java.io.InputStreamReader
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/** Characters of a record with its line ends: more than that is a quote that nobody closed. */
internal const val MAX_RECORD: Int = 1 shl 20

private const val MAX_FIELD = 1 shl 17
private const val END = -1
private const val QUOTE = '"'.code
private const val MARK = 0xfeff
private val SEPARATORS = intArrayOf(','.code, ';'.code, '\t'.code)

private fun isLineEnd(character: Int) = character == '\n'.code || character == '\r'.code

/**
 * The characters of a CSV file, one after the other, without a byte-order mark.
 *
 * @throws SatchelException input/csv-encoding, input/not-readable.
 */
internal class CsvText(source: InputStream, private val name: String) {
    private val reader = InputStreamReader(
        source,
        Charsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT),
    ).buffered()
    private var again = IntArray(0)
    private var place = 0
    private var begun = false

    /** Gives the next character, which may be beyond 16 bits; -1 at the end. */
    fun next(): Int {
        if (place < again.size) return again[place++]
        val found = character()
        if (begun) return found
        begun = true
        return if (found == MARK) character() else found
    }

    /** Gives the separator that the header has most of outside quotes, the first among equals; the header is read again. */
    fun separator(): Int {
        val counts = IntArray(SEPARATORS.size)
        var head = IntArray(256)
        var size = 0
        var quoted = false
        var header = false
        var ended = false
        while (!ended && size <= MAX_RECORD) {
            val each = next()
            if (size == head.size) head = head.copyOf(2 * size)
            if (each != END) head[size++] = each
            if (each == QUOTE) quoted = !quoted
            val which = if (quoted) -1 else SEPARATORS.indexOf(each)
            if (which >= 0) counts[which]++
            ended = each == END || (header && !quoted && isLineEnd(each))
            header = header || !isLineEnd(each)
        }
        again = head.copyOf(size)
        return SEPARATORS[counts.indexOf(counts.max())]
    }

    private fun character(): Int = try {
        val high = reader.read()
        if (high >= 0 && high.toChar().isHighSurrogate()) Character.toCodePoint(high.toChar(), reader.read().toChar()) else high
    } catch (_: CharacterCodingException) {
        val hint = "Give a table, saved as CSV UTF-8."
        throw SatchelException("input/csv-encoding", "expected text in UTF-8, found other bytes", name, hint)
    } catch (error: IOException) {
        throw SatchelException("input/not-readable", "cannot be read (${error.message})", name, "Open the file again.")
    }
}

/** Cuts text into records; where each field begins and ends is what Python's csv module says when it is strict. */
internal class CsvRecords(private val text: CsvText, private val separator: Int, private val name: String) {
    private enum class At { RECORD, FIELD, PLAIN, QUOTED, CLOSING }

    private val field = StringBuilder()
    private var fields = ArrayList<String>()
    private var at = At.RECORD
    private var length = 0
    private var returned = false

    /**
     * Gives the next record; null behind the last.
     *
     * @throws SatchelException input/not-csv, and what the text is not.
     */
    fun next(): List<String>? {
        while (true) {
            val character = text.next()
            if (character == END) return last()
            val second = character == '\n'.code && returned
            returned = false
            if (second && at == At.RECORD) continue
            if (++length > MAX_RECORD) throw refusal("a record is longer than $MAX_RECORD characters")
            if (at != At.QUOTED && isLineEnd(character)) {
                returned = character == '\r'.code
                if (at != At.RECORD) return record()
                length = 0
            } else {
                take(character)
            }
        }
    }

    private fun take(character: Int) {
        when {
            at == At.QUOTED -> if (character == QUOTE) at = At.CLOSING else field.appendCodePoint(character)
            character == separator -> close()
            character == QUOTE && at != At.PLAIN -> quote()
            at == At.CLOSING -> throw refusal("something stands behind a closing quote")
            else -> {
                field.appendCodePoint(character)
                at = At.PLAIN
            }
        }
    }

    private fun quote() {
        if (at == At.CLOSING) field.append('"')
        at = At.QUOTED
    }

    private fun close() {
        if (field.codePointCount(0, field.length) > MAX_FIELD) throw refusal("a field is longer than $MAX_FIELD characters")
        fields.add(field.toString())
        field.setLength(0)
        at = At.FIELD
    }

    private fun record(): List<String> {
        close()
        val found = fields
        fields = ArrayList(found.size)
        length = 0
        at = At.RECORD
        return found
    }

    private fun last(): List<String>? {
        if (at == At.QUOTED) throw refusal("a quote is not closed")
        return if (at == At.RECORD) null else record()
    }

    private fun refusal(message: String) =
        SatchelException("input/not-csv", message, name, "Check that every quote is closed, and doubled where it stands inside a field.")
}
