package dev.satchel.app.photos

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.DeflaterOutputStream

private const val RGB = 2
private const val RGBA = 6

/** Gives a PNG of pixels of three or four bytes, with these chunks before them. */
fun png(width: Int, height: Int, pixels: List<IntArray>, chunks: List<Pair<String, ByteArray>> = emptyList()): ByteArray {
    val rows = ByteArrayOutputStream()
    DeflaterOutputStream(rows).use { out ->
        for (y in 0 until height) {
            out.write(0)
            for (x in 0 until width) pixels[y * width + x].forEach(out::write)
        }
    }
    val kind = if (pixels.first().size == 4) RGBA else RGB
    return png(head(width, height, kind), chunks, rows.toByteArray())
}

/** Gives the head of a PNG that says how large it is; its pixels are few. */
fun pngThatSays(width: Int, height: Int): ByteArray = png(head(width, height, RGB), emptyList(), ByteArray(16))

private fun png(head: ByteArray, chunks: List<Pair<String, ByteArray>>, pixels: ByteArray): ByteArray {
    val file = ByteArrayOutputStream()
    val out = DataOutputStream(file)
    out.write(intArrayOf(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10).map { it.toByte() }.toByteArray())
    for ((kind, data) in listOf("IHDR" to head) + chunks + listOf("IDAT" to pixels, "IEND" to ByteArray(0))) {
        val named = kind.toByteArray() + data
        out.writeInt(data.size)
        out.write(named)
        out.writeInt(CRC32().apply { update(named) }.value.toInt())
    }
    return file.toByteArray()
}

private fun head(width: Int, height: Int, kind: Int): ByteArray = ByteArrayOutputStream().also {
    DataOutputStream(it).apply {
        writeInt(width)
        writeInt(height)
        write(byteArrayOf(8, kind.toByte(), 0, 0, 0))
    }
}.toByteArray()

/** Gives an EXIF block that says an orientation and nothing else. */
fun exif(orientation: Int): ByteArray = ByteArrayOutputStream().also {
    DataOutputStream(it).apply {
        writeBytes("MM")
        writeShort(42)
        writeInt(8)
        writeShort(1)
        writeShort(0x0112)
        writeShort(3)
        writeInt(1)
        writeShort(orientation)
        writeShort(0)
        writeInt(0)
    }
}.toByteArray()
