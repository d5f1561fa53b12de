package dev.satchel.app.photos

import java.io.ByteArrayOutputStream

private const val START_OF_SCAN = 0xda
private const val END_OF_IMAGE = 0xd9
private const val EXIF_APP = 0xe1
private const val PROFILE_APP = 0xe2
private val NO_FRAMES = setOf(0xc4, 0xc8, 0xcc)

/** Chunks of a PNG that say what its colours mean; the contract takes samples as they are stored. */
private val PNG_COLOURS = setOf("iCCP", "gAMA", "cHRM", "sRGB", "cICP", "mDCv", "cLLi", "eXIf")

/** Reads the segments of a JPEG up to its pixels; EXIF, XMP and colour profiles are left out of the plain file. */
internal fun jpegFile(bytes: Bytes): PhotoFile {
    val plain = ByteArrayOutputStream(bytes.size)
    plain.write(bytes.data, 0, 2)
    var size = intArrayOf(0, 0)
    var orientation: Int? = null
    var at = 2
    while (true) {
        while (bytes.short(at) == 0xffff) at++
        val marker = bytes[at + 1]
        if (marker == START_OF_SCAN) break
        val length = bytes.short(at + 2)
        val segment = bytes.part(at + 4, length - 2)
        if (marker in 0xc0..0xcf && marker !in NO_FRAMES) size = intArrayOf(segment.short(3), segment.short(1))
        if (marker == EXIF_APP && orientation == null && segment.says(0, "Exif")) orientation = exifOrientation(segment)
        if (marker != EXIF_APP && marker != PROFILE_APP) plain.write(bytes.data, at, 2 + length)
        at += 2 + length
    }
    needEnd(bytes, at)
    plain.write(bytes.data, at, bytes.size - at)
    return PhotoFile(size[0], size[1], orientation ?: 1, plain.toByteArray())
}

/** Refuses a JPEG that has no end behind the begin of its pixels. */
private fun needEnd(bytes: Bytes, pixels: Int) {
    var end = bytes.size - 2
    while (bytes.short(end) != 0xff00 + END_OF_IMAGE) if (--end < pixels) throw PhotoFile.truncated("a JPEG without its end")
}

/** Reads the chunks of a PNG; those that speak of colours and EXIF are left out of the plain file. */
internal fun pngFile(bytes: Bytes): PhotoFile {
    val plain = ByteArrayOutputStream(bytes.size)
    plain.write(bytes.data, 0, 8)
    val width = bytes.length(16)
    val height = bytes.length(20)
    var orientation = 1
    var pixels = width == 0 || height == 0
    var at = 8
    while (!pixels || at + 8 <= bytes.size) {
        val length = bytes.length(at)
        val kind = String(CharArray(4) { bytes[at + 4 + it].toChar() })
        pixels = pixels || kind == "IDAT"
        if (pixels && at + 12 + length > bytes.size) throw PhotoFile.truncated("its pixels are not all there")
        if (kind == "eXIf") orientation = exifOrientation(bytes.part(at + 8, length))
        if (kind !in PNG_COLOURS) plain.write(bytes.data, at, bytes.part(at, 12 + length).size)
        at += 12 + length
    }
    return PhotoFile(width, height, orientation, plain.toByteArray())
}

/** Reads a GIF to the end of its first frame. */
internal fun gifFile(bytes: Bytes): PhotoFile {
    val found = PhotoFile(bytes.short(6, little = true), bytes.short(8, little = true), 1, bytes.data)
    try {
        var at = 13 + tableOf(bytes[10])
        while (bytes[at] != ','.code) at = afterBlocks(bytes, at + 2)
        afterBlocks(bytes, at + 11 + tableOf(bytes[at + 9]))
    } catch (_: IndexOutOfBoundsException) {
        throw PhotoFile.truncated("its first frame is not all there")
    }
    return found
}

/** Gives the bytes of a table of colours, of the flags before it. */
private fun tableOf(flags: Int): Int = if (flags and 0x80 == 0) 0 else 3 shl (flags and 7) + 1

private fun afterBlocks(bytes: Bytes, from: Int): Int {
    var at = from
    while (bytes[at] != 0) at += 1 + bytes[at]
    return at + 1
}

/** Reads the head of a BMP; of one that is not compressed, whether all rows are there. */
internal fun bmpFile(bytes: Bytes): PhotoFile {
    val old = bytes.length(14, little = true) == 12
    val width = if (old) bytes.short(18, little = true) else Math.abs(bytes.long(18, little = true).toInt())
    val height = if (old) bytes.short(20, little = true) else Math.abs(bytes.long(22, little = true).toInt())
    val bits = bytes.short(if (old) 24 else 28, little = true)
    val packed = !old && bytes.long(30, little = true) in 1L..2L
    val row = (width.toLong() * bits + 31) / 32 * 4
    if (!packed && bytes.long(10, little = true) + row * height > bytes.size) throw PhotoFile.truncated("rows are missing")
    return PhotoFile(width, height, 1, bytes.data)
}

/** Reads the chunks of a WebP; EXIF and colour profile are made unreadable in the plain file. */
internal fun webpFile(bytes: Bytes): PhotoFile {
    bytes.part(8, bytes.length(4, little = true))
    val plain = bytes.data.copyOf()
    var orientation = 1
    var at = 12
    while (at + 8 <= bytes.size) {
        val length = bytes.length(at + 4, little = true)
        val exif = bytes.says(at, "EXIF")
        if (exif) orientation = exifOrientation(bytes.part(at + 8, length))
        if (exif || bytes.says(at, "ICCP")) "NONE".forEachIndexed { place, each -> plain[at + place] = each.code.toByte() }
        at += 8 + length + length % 2
    }
    val (width, height) = webpSize(bytes)
    if (bytes.says(12, "VP8X")) plain[20] = (bytes[20] and (PROFILE_FLAG or EXIF_FLAG).inv()).toByte()
    return PhotoFile(width, height, orientation, plain)
}

private const val PROFILE_FLAG = 0x20
private const val EXIF_FLAG = 0x08

private fun webpSize(bytes: Bytes): Pair<Int, Int> = when {
    bytes.says(12, "VP8X") -> {
        1 + (bytes.long(24, little = true) and 0xffffff).toInt() to 1 + (bytes.long(27, little = true) and 0xffffff).toInt()
    }
    bytes.says(12, "VP8L") -> {
        val sides = bytes.long(21, little = true)
        1 + (sides and 0x3fff).toInt() to 1 + (sides shr 14 and 0x3fff).toInt()
    }
    else -> (bytes.short(26, little = true) and 0x3fff) to (bytes.short(28, little = true) and 0x3fff)
}
