package dev.satchel

/** Bytes of the largest model that may travel entropy coded. */
private const val MAX_CODED = 16L shl 20
private const val MAX_BOOK = 256L
private const val DAMAGE = "the entropy code is damaged, cut short or has an end too many"
private val WIDTHS = setOf(1L, 2L, 4L)

/**
 * Gives the bytes of an entropy code (SPEC.md, section 6), no more than stated.
 *
 * @throws SatchelException bundle/bomb when it states more than [size] or that is too much, bundle/changed-file when it is
 *   damaged, cut short or goes on behind its end.
 */
internal fun decoded(stored: ByteArray, size: Long, where: String): ByteArray {
    if (size > MAX_CODED) {
        val message = "an entropy code is said to hold $size bytes, expected at most $MAX_CODED"
        throw SatchelException("bundle/bomb", message, where)
    }
    try {
        val made = ByteArray(size.toInt())
        val coder = EntropyCoder(stored)
        var at = 0
        var part = 0
        while (at < made.size) at += fill(coder, made, at, part++, where)
        if (coder.at != stored.size) throw PastEnd()
        return made
    } catch (_: PastEnd) {
        throw SatchelException("bundle/changed-file", DAMAGE, where)
    }
}

/** Decodes one part into [made] from [at] and gives its length. */
private fun fill(coder: EntropyCoder, made: ByteArray, at: Int, part: Int, where: String): Int {
    val room = (made.size - at).toLong()
    if (coder.narrow(EVEN) == 0) {
        val length = coder.number()
        if (length == 0L) throw PastEnd()
        checkRoom(length, room, where)
        for (i in 0 until length.toInt()) made[at + i] = coder.byte().toByte()
        return length.toInt()
    }
    val width = coder.number()
    val rows = coder.number()
    val columns = coder.number()
    val count = coder.number()
    if (width !in WIDTHS || rows == 0L || columns == 0L || count !in 1..MAX_BOOK) throw PastEnd()
    // First each factor alone, for their product could overflow.
    checkRoom(maxOf(rows, columns), room, where)
    checkRoom(rows * columns * width, room, where)
    val book = ByteArray((width * count).toInt()) { coder.byte().toByte() }
    val index = coder.matrix(rows.toInt(), columns.toInt(), count.toInt(), part)
    val each = width.toInt()
    for (i in index.indices) System.arraycopy(book, (index[i].toInt() and BYTE) * each, made, at + i * each, each)
    return index.size * each
}

private fun checkRoom(length: Long, room: Long, where: String) {
    if (length > room) throw SatchelException("bundle/bomb", "the entropy code holds more than the stated bytes", where)
}
