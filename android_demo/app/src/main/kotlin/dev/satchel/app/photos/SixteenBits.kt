package dev.satchel.app.photos

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.io.SequenceInputStream
import java.util.Collections
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.InflaterInputStream

private const val SIGNATURE = 8
private const val DEPTH = 24
private const val COLOUR = 25
private const val INTERLACED = 28
private val CHANNELS = mapOf(0 to 1, 2 to 3, 4 to 2, 6 to 4)

/** One pass of an interlaced PNG: its first column and row, and the steps of both. */
private class Pass(val left: Int, val top: Int, val across: Int, val down: Int)

private val PASSES = listOf(
    Pass(0, 0, 8, 8),
    Pass(4, 0, 8, 8),
    Pass(0, 4, 4, 8),
    Pass(2, 0, 4, 4),
    Pass(0, 2, 2, 4),
    Pass(1, 0, 2, 2),
    Pass(0, 1, 1, 2),
)

/**
 * Gives a file whose samples have 8 bits: those of a PNG of 16 are shifted right by 8, any other file is given as it is.
 *
 * Android's decoder rounds them to the nearest instead, which makes some levels one higher than the contract's.
 *
 * @throws IOException its pixels are damaged, or not all there.
 */
internal fun eightBits(file: ByteArray): ByteArray {
    val bytes = Bytes(file)
    val channels = if (bytes.says(0, "\u0089PNG\r\n\u001a\n") && bytes[DEPTH] == 16) CHANNELS[bytes[COLOUR]] else null
    val chunks = if (channels == null) emptyList() else chunksOf(bytes)
    // A single transparent colour is one of 16 bits: of 8, others would be taken for it.
    if (channels == null || chunks.any { it.first == "tRNS" }) return file
    val found = ByteArrayOutputStream()
    found.write(file, 0, SIGNATURE)
    val out = DataOutputStream(found)
    val head = file.copyOfRange(SIGNATURE + 8, SIGNATURE + 21).also { it[DEPTH - SIGNATURE - 8] = 8 }
    write(out, "IHDR", head)
    val pixels = chunks.filter { it.first == "IDAT" }.map { ByteArrayInputStream(file, it.second, it.third) }
    val samples = DataInputStream(InflaterInputStream(SequenceInputStream(Collections.enumeration(pixels))))
    val narrowed = ByteArrayOutputStream()
    DeflaterOutputStream(narrowed, Deflater(Deflater.BEST_SPEED)).use { to ->
        for ((width, height) in passes(bytes)) narrow(samples, width * channels, channels, height, to)
    }
    write(out, "IDAT", narrowed.toByteArray())
    write(out, "IEND", ByteArray(0))
    return found.toByteArray()
}

/** Gives the name of each chunk, where its data begins and how long that is. */
private fun chunksOf(bytes: Bytes): List<Triple<String, Int, Int>> {
    val found = ArrayList<Triple<String, Int, Int>>()
    var at = SIGNATURE
    while (at + 8 <= bytes.size) {
        val length = bytes.length(at)
        found.add(Triple(String(CharArray(4) { bytes[at + 4 + it].toChar() }), at + 8, length))
        at += 12 + length
    }
    return found
}

/** Gives the sides of the pictures that the pixels are stored as: one, or those of the passes that are not empty. */
private fun passes(bytes: Bytes): List<Pair<Int, Int>> {
    val (width, height) = bytes.length(16) to bytes.length(20)
    if (bytes[INTERLACED] == 0) return listOf(width to height)
    return PASSES.map { (width - it.left + it.across - 1) / it.across to (height - it.top + it.down - 1) / it.down }
        .filter { (wide, high) -> wide > 0 && high > 0 }
}

/** Undoes the filters of rows of [count] samples, and writes the upper byte of each. */
private fun narrow(samples: DataInputStream, count: Int, channels: Int, height: Int, to: DeflaterOutputStream) {
    var above = ByteArray(2 * count)
    var row = ByteArray(2 * count)
    val upper = ByteArray(1 + count)
    repeat(height) {
        val filter = samples.read()
        samples.readFully(row)
        unfilter(filter, row, above, 2 * channels)
        for (place in 0 until count) upper[1 + place] = row[2 * place]
        to.write(upper)
        above = row.also { row = above }
    }
}

private fun unfilter(filter: Int, row: ByteArray, above: ByteArray, pixel: Int) {
    for (place in row.indices) {
        val left = if (place < pixel) 0 else row[place - pixel].toInt() and 255
        val up = above[place].toInt() and 255
        val corner = if (place < pixel) 0 else above[place - pixel].toInt() and 255
        val guess = when (filter) {
            0 -> 0
            1 -> left
            2 -> up
            3 -> (left + up) / 2
            4 -> paeth(left, up, corner)
            else -> throw IOException("a row has the filter $filter")
        }
        row[place] = (row[place] + guess).toByte()
    }
}

private fun paeth(left: Int, up: Int, corner: Int): Int {
    val toLeft = Math.abs(up - corner)
    val toUp = Math.abs(left - corner)
    val toCorner = Math.abs(left + up - 2 * corner)
    return when {
        toLeft <= toUp && toLeft <= toCorner -> left
        toUp <= toCorner -> up
        else -> corner
    }
}

private fun write(out: DataOutputStream, name: String, data: ByteArray) {
    val named = name.toByteArray() + data
    out.writeInt(data.size)
    out.write(named)
    out.writeInt(CRC32().apply { update(named) }.value.toInt())
}
