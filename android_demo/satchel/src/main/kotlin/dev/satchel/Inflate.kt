package dev.satchel

import java.util.zip.DataFormatException
import java.util.zip.Inflater

/** A model may inflate to so many bytes, or to so many times its stored size. */
private const val FREE_INFLATION = 64L shl 20
private const val MAX_RATIO = 100
private const val ROOM = 8

/**
 * Refuses a compressed model that states too much.
 *
 * @throws SatchelException bundle/bomb.
 */
internal fun checkInflation(stored: Long, raw: Long, where: String) {
    if (raw <= maxOf(FREE_INFLATION, MAX_RATIO * stored)) return
    val message = "$stored stored bytes state that they inflate to $raw, more than $MAX_RATIO times as many"
    throw SatchelException("bundle/bomb", message, where)
}

/**
 * Gives the raw bytes of DEFLATE data (RFC 1951, no header); stops as soon as they pass the stated size.
 *
 * @throws SatchelException bundle/bomb when there is more than [size], bundle/wrong-length when there is less,
 *   bundle/changed-file when the data is not one whole DEFLATE stream.
 */
internal fun inflate(stored: ByteArray, size: Long, where: String): ByteArray {
    if (size > Int.MAX_VALUE - ROOM) throw tooLarge(where, "$size", Int.MAX_VALUE - ROOM.toLong())
    val inflater = Inflater(true)
    try {
        inflater.setInput(stored)
        return inflated(inflater, stored.size, size.toInt(), where)
    } catch (error: DataFormatException) {
        throw SatchelException("bundle/changed-file", "expected DEFLATE data (${error.message})", where)
    } finally {
        inflater.end()
    }
}

private fun inflated(inflater: Inflater, stored: Int, size: Int, where: String): ByteArray {
    // What is stated is not believed: memory grows with what is there.
    var raw = ByteArray(minOf(size.toLong(), ROOM * (stored + 4096L)).toInt())
    val more = ByteArray(1)
    var count = 0
    while (!inflater.finished()) {
        val full = count == raw.size
        if (full && count < size) raw = raw.copyOf(minOf(size.toLong(), 2L * count).toInt())
        val found = if (count == size) inflater.inflate(more) else inflater.inflate(raw, count, raw.size - count)
        if (count == size && found > 0) throw SatchelException("bundle/bomb", "the data inflates past the stated $size bytes", where)
        count += found
        if (found == 0 && (inflater.needsInput() || inflater.needsDictionary())) break
    }
    if (!inflater.finished() || inflater.remaining > 0) {
        throw SatchelException("bundle/changed-file", "the DEFLATE data is cut short or has an end too many", where)
    }
    if (count < size) throw SatchelException("bundle/wrong-length", "expected $size bytes inflated, found $count", where)
    return raw
}
