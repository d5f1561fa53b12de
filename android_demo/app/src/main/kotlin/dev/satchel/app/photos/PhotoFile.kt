package dev.satchel.app.photos

import dev.satchel.SatchelException

private const val READABLE = "Readable are JPEG, PNG, WebP, GIF and BMP."
private const val AGAIN = "Copy or save the photo again."

/** Other formats by what stands in them, and where: the phone may show them, but not with the bits of other machines. */
private val FOREIGN = listOf(
    Triple("AVIF", 4, "ftypavi"),
    Triple("HEIC", 4, "ftyp"),
    Triple("TIFF", 0, "II*\u0000"),
    Triple("TIFF", 0, "MM\u0000*"),
    Triple("JPEG 2000", 4, "jP  "),
    Triple("PDF", 0, "%PDF"),
)

/**
 * What a photo file says of itself, before its pixels are decoded.
 *
 * @property width columns as they are stored.
 * @property height rows as they are stored.
 * @property orientation EXIF's, 1 to 8: how the stored pixels become upright.
 * @property plain the file without EXIF and colour profile: decoders differ in what they make of these.
 */
internal class PhotoFile(val width: Int, val height: Int, val orientation: Int, val plain: ByteArray) {
    companion object {
        /**
         * Gives what a file says.
         *
         * @throws SatchelException input/empty, input/not-a-picture or input/truncated.
         */
        fun of(data: ByteArray): PhotoFile {
            if (data.isEmpty()) throw SatchelException("input/empty", "the file holds nothing", hint = AGAIN)
            val bytes = Bytes(data)
            return try {
                readerOf(bytes)(bytes)
            } catch (_: IndexOutOfBoundsException) {
                throw SatchelException("input/not-a-picture", "expected a photo, found what looks like a damaged picture", hint = READABLE)
            }
        }

        fun truncated(why: String): SatchelException =
            SatchelException("input/truncated", "the picture is truncated or damaged ($why)", hint = AGAIN)
    }
}

private fun readerOf(bytes: Bytes): (Bytes) -> PhotoFile = when {
    bytes.says(0, "\u00ff\u00d8\u00ff") -> ::jpegFile
    bytes.says(0, "\u0089PNG\r\n\u001a\n") -> ::pngFile
    bytes.says(0, "GIF8") -> ::gifFile
    bytes.says(0, "BM") -> ::bmpFile
    bytes.says(0, "RIFF") && bytes.says(8, "WEBP") -> ::webpFile
    else -> throw notAPicture(bytes)
}

private fun notAPicture(bytes: Bytes): SatchelException {
    val name = FOREIGN.find { (_, at, text) -> bytes.says(at, text) }?.first
    if (name == "HEIC" || name == "AVIF") {
        val why = "$name is decoded differently from phone to phone, so its answer would not be the one of other machines"
        return SatchelException("input/not-a-picture", why, hint = "Save the photo as JPEG, or set the camera to JPEG. $READABLE")
    }
    val found = if (name != null) "a $name file" else "a file of another kind"
    return SatchelException("input/not-a-picture", "expected a photo, found $found", hint = READABLE)
}
