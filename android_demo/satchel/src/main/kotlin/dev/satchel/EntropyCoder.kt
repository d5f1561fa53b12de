package dev.satchel

private const val SLOTS = 1 shl 20
private const val SETS = 512
private const val INPUTS = 5
private const val LIMIT = 254
private const val LONGEST = 32
private const val RATE = 24
private const val WEIGHT = 20480
private const val MOST = 1 shl 20
private const val SHARES = 4096
private const val FURTHEST = 2047
private const val SURE = 65535

/** Which mixing weights serve: 0 to 3 those of bytes, then those of whether an index is 0, then of its value. */
private const val OF_ZERO = 4
private const val OF_VALUES = 256

/** The share of 4096 that is an even chance. */
internal const val EVEN: Int = 2048

internal const val BYTE: Int = 255

/** 4096 / (1 + exp(-x)) at x = -8, -7.5 ... 8. */
private val KNOTS = intArrayOf(1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047) +
    intArrayOf(2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094)

private val GAINS = IntArray(LIMIT + 1) { seen -> 65536 / (2 * seen + 3) }

/** The log odds of each share of 4096: [squash] the other way round. */
private val STRETCHED = stretched()

/** The code ends before what it stands for does, or states what cannot be. */
internal class PastEnd : RuntimeException()

/** Gives the share of 4096 for log odds [x] of -2047 to 2047, in 256ths. */
private fun squash(x: Int): Int {
    val knot = (x + 2048) shr 7
    val part = x and 127
    return (KNOTS[knot] * (128 - part) + KNOTS[knot + 1] * part + 64) shr 7
}

private fun stretched(): IntArray {
    val made = IntArray(SHARES) { FURTHEST }
    var from = 0
    for (x in -FURTHEST..FURTHEST) {
        val to = squash(x)
        while (from <= to) made[from++] = x
    }
    return made
}

/** Gives the first slot of a context. */
private fun hashed(kind: Int, a: Int, b: Int): Int {
    val value = (a * 0x9E3779B1.toInt()) xor (b * 0x85EBCA77.toInt()) xor (kind * 0xC2B2AE3D.toInt())
    return ((value xor (value ushr 15)) * 0x27D4EB2F) ushr 12
}

/** An entropy code being read: an adaptive binary range coder whose bits five contexts foretell. */
internal class EntropyCoder(private val stored: ByteArray) {
    private var low = 0L
    private var high = 0xFFFFFFFFL
    private var code = 0L
    private val odds = CharArray(SLOTS) { '\u8000' }
    private val seen = ByteArray(SLOTS)
    private val weights = IntArray(SETS * INPUTS) { WEIGHT }
    private val base = IntArray(INPUTS)
    private val slot = IntArray(INPUTS)
    private val inputs = IntArray(INPUTS)

    /** The four bytes before, the last one lowest. */
    private var past = 0
    private var bytes = 0

    /** How many bytes were read. */
    var at: Int = 0
        private set

    init {
        repeat(4) { code = (code shl 8) or next().toLong() }
    }

    /** Decodes one bit that is 1 in [share] of 4096 cases. */
    fun narrow(share: Int): Int {
        val span = high - low
        val middle = low + (span ushr 12) * share + (((span and 4095) * share) ushr 12)
        val bit = if (code <= middle) 1 else 0
        if (bit == 1) high = middle else low = middle + 1
        while ((low xor high) ushr 24 == 0L) {
            code = ((code shl 8) or next().toLong()) and 0xFFFFFFFFL
            low = (low shl 8) and 0xFFFFFFFFL
            high = ((high shl 8) and 0xFFFFFFFFL) or 255
        }
        return bit
    }

    /** Decodes one bit as five contexts foretell it, and learns from it. */
    private fun learned(node: Int, group: Int): Int {
        val from = group * INPUTS
        var sum = 0L
        for (i in 0 until INPUTS) {
            slot[i] = (base[i] + node) and (SLOTS - 1)
            inputs[i] = STRETCHED[odds[slot[i]].code shr 4]
            sum += inputs[i].toLong() * weights[from + i]
        }
        val share = squash((sum shr 16).coerceIn(-FURTHEST.toLong(), FURTHEST.toLong()).toInt())
        val bit = narrow(share)
        val miss = ((bit shl 12) - share) * RATE
        for (i in 0 until INPUTS) {
            weights[from + i] = (weights[from + i] + ((inputs[i] * miss + 32768) shr 16)).coerceIn(-MOST, MOST)
            learn(slot[i], bit)
        }
        return bit
    }

    private fun learn(slot: Int, bit: Int) {
        val known = odds[slot].code
        val count = seen[slot].toInt() and BYTE
        odds[slot] = (known + (((SURE * bit - known) * GAINS[count]) shr 15)).toChar()
        if (count < LIMIT) seen[slot] = (count + 1).toByte()
    }

    /** Decodes a number below 2^32: its length in 6 bits, then what follows its first bit. */
    fun number(): Long {
        var length = 0
        repeat(6) { length = (length shl 1) or narrow(EVEN) }
        if (length > LONGEST) throw PastEnd()
        var made = if (length > 0) 1L else 0L
        repeat(length - 1) { made = (made shl 1) or narrow(EVEN).toLong() }
        return made
    }

    /** Decodes one byte, foretold from the four before it and its place modulo 4. */
    fun byte(): Int {
        val phase = bytes++ and 3
        base[0] = hashed(0, past and 0xFF, 0)
        base[1] = hashed(1, past and 0xFFFF, 0)
        base[2] = hashed(2, past and 0xFFFFFF, 0)
        base[3] = hashed(3, past, 0)
        base[4] = hashed(4, past ushr 24, phase)
        var node = 1
        while (node < 256) node = (node shl 1) or learned(node, phase)
        past = (past shl 8) or (node and BYTE)
        return node and BYTE
    }

    /** Decodes a matrix of indexes below [count] row by row, each foretold from its neighbours, column and row. */
    fun matrix(rows: Int, columns: Int, count: Int, part: Int): ByteArray {
        val index = ByteArray(rows * columns)
        if (count == 1) return index
        val bits = Int.SIZE_BITS - (count - 2).countLeadingZeroBits()
        var at = 0
        for (row in 0 until rows) {
            for (column in 0 until columns) {
                val far = neighbours(index, at, row, column, columns)
                base[0] = hashed(5, part, far and 15)
                base[1] = hashed(6, part, far)
                base[2] = hashed(7, part, column)
                base[3] = hashed(8, part, row)
                base[4] = hashed(9, part, 0)
                index[at++] = element(count, bits).toByte()
            }
        }
        return index
    }

    private fun element(count: Int, bits: Int): Int {
        if (learned(0, OF_ZERO) == 0) return 0
        var node = 1
        repeat(bits) { node = (node shl 1) or learned(node, OF_VALUES + node) }
        val found = node - (1 shl bits) + 1
        if (found >= count) throw PastEnd()
        return found
    }

    private fun next(): Int {
        if (at == stored.size) throw PastEnd()
        return stored[at++].toInt() and BYTE
    }
}

/** Gives which of eight neighbours are not 0, a bit each. */
private fun neighbours(index: ByteArray, at: Int, row: Int, column: Int, columns: Int): Int {
    fun full(up: Int, left: Int, bit: Int): Int {
        if (row < up || column < left || column - left >= columns) return 0
        return if (index[at - up * columns - left].toInt() != 0) bit else 0
    }
    val near = full(0, 1, 1) or full(0, 2, 2) or full(1, 0, 4) or full(2, 0, 8)
    return near or full(3, 0, 16) or full(0, 3, 32) or full(1, 1, 64) or full(1, -1, 128)
}
