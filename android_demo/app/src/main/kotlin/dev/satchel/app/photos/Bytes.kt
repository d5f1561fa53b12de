package dev.satchel.app.photos

/** Bytes with numbers in them; a place behind the end throws IndexOutOfBoundsException. */
internal class Bytes(val data: ByteArray, private val from: Int = 0, private val to: Int = data.size) {
    val size: Int get() = to - from

    operator fun get(at: Int): Int {
        if (at < 0 || at >= size) throw IndexOutOfBoundsException("$at of $size")
        return data[from + at].toInt() and 255
    }

    /** Gives two bytes as a number, the more significant first unless [little]. */
    fun short(at: Int, little: Boolean = false): Int = if (little) this[at + 1] shl 8 or this[at] else this[at] shl 8 or this[at + 1]

    /** Gives four bytes as a number without sign. */
    fun long(at: Int, little: Boolean = false): Long {
        val first = short(at, little).toLong()
        val second = short(at + 2, little).toLong()
        return if (little) second shl 16 or first else first shl 16 or second
    }

    /** Gives four bytes as a place or a length; throws where it is none that an array can have. */
    fun length(at: Int, little: Boolean = false): Int {
        val found = long(at, little)
        if (found > Int.MAX_VALUE / 2) throw IndexOutOfBoundsException("$found of $size")
        return found.toInt()
    }

    /** Says whether these characters stand there. */
    fun says(at: Int, text: String): Boolean = at + text.length <= size && text.indices.all { this[at + it] == text[it].code }

    fun part(at: Int, length: Int): Bytes {
        if (at < 0 || length < 0 || at + length > size) throw IndexOutOfBoundsException("$at + $length of $size")
        return Bytes(data, from + at, from + at + length)
    }
}
