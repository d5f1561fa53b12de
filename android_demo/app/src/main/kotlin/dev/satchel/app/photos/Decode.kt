package dev.satchel.app.photos

import android.annotation.TargetApi
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ImageDecoder
import android.os.Build
import dev.satchel.Photo
import dev.satchel.SatchelException
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer

private const val CHUNK = 1 shl 16
private const val BAND = 32
private const val MOST_BYTES = 1L shl 29
private const val MEGA = 1_000_000.0

/**
 * The largest photo that is read.
 *
 * The contract takes the pixels of a photo as they are, so none is ever sampled down by the decoder: what the phone has
 * no memory for is refused.
 *
 * @property bytes of a file.
 * @property pixels of a photo, each three bytes of the app's memory.
 */
data class PhotoLimits(val bytes: Long = MOST_BYTES, val pixels: Long = Photo.MAX_PIXELS.toLong()) {
    companion object {
        /** Gives what an app can take that has [memory] bytes: half of them for the pixels, a quarter for the file. */
        fun of(memory: Long): PhotoLimits = PhotoLimits(minOf(MOST_BYTES, memory / 4), minOf(Photo.MAX_PIXELS.toLong(), memory / 6))
    }
}

/**
 * Gives the upright RGB pixels of a photo at its full size, alpha composited over the background.
 *
 * Of several frames it is the first; colour profiles are not applied.
 *
 * @param source opens the file.
 * @param name what the photo is called in messages.
 * @param background red, green and blue, 0..255, of the spec's decode step.
 * @throws SatchelException input/not-readable, input/not-a-picture (HEIC too), input/truncated, input/empty or
 *   input/too-large, with the limit.
 */
fun decodePhoto(
    source: () -> InputStream,
    name: String,
    background: List<Int> = listOf(0, 0, 0),
    limits: PhotoLimits = PhotoLimits.of(Runtime.getRuntime().maxMemory()),
): Photo = try {
    val file = PhotoFile.of(read(source, limits))
    refuseSize(file, limits)
    val bitmap = decoded(file.plain)
    val pixels = uprightPixels(bitmap, file.orientation, background)
    bitmap.recycle()
    val turn = Turn.of(file.orientation, file.width, file.height)
    Photo.fromPixels(pixels, turn.width, turn.height, name)
} catch (error: SatchelException) {
    throw SatchelException(error.code, error.detail, name, error.hint)
}

private fun read(source: () -> InputStream, limits: PhotoLimits): ByteArray = try {
    source().use { stream ->
        val found = ByteArrayOutputStream()
        val chunk = ByteArray(CHUNK)
        while (true) {
            val count = stream.read(chunk)
            if (count < 0) break
            found.write(chunk, 0, count)
            if (found.size() > limits.bytes) throw tooLarge("the file is larger than ${limits.bytes shr 20} MB")
        }
        found.toByteArray()
    }
} catch (error: SatchelException) {
    throw error
} catch (error: IOException) {
    throw unreadable(error)
} catch (
    @Suppress("TooGenericExceptionCaught") error: RuntimeException,
) {
    // Another app's provider throws what it likes.
    throw unreadable(error)
}

private fun unreadable(error: Exception) =
    SatchelException("input/not-readable", "the file cannot be read (${error.message})", hint = "Choose the photo again.")

private fun refuseSize(file: PhotoFile, limits: PhotoLimits) {
    val pixels = file.width.toLong() * file.height
    if (pixels == 0L) throw SatchelException("input/empty", "the picture has no pixels (${file.width} x ${file.height})")
    if (pixels <= limits.pixels) return
    val (most, found) = listOf(limits.pixels, pixels).map { "%.1f".format(java.util.Locale.ROOT, it / MEGA) }
    throw tooLarge("expected at most $most megapixels, which this phone has memory for, found $found (${file.width} x ${file.height})")
}

private fun tooLarge(message: String) = SatchelException("input/too-large", message, hint = "Make the photo smaller first.")

private fun decoded(file: ByteArray): Bitmap = try {
    val plain = eightBits(file)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) Whole.decoded(plain) else decodedAsItIs(plain)
} catch (error: IOException) {
    throw PhotoFile.truncated(error.message.orEmpty())
}

/** The decoder that tells of missing and damaged pixels; Android has it since 9. */
@TargetApi(Build.VERSION_CODES.P)
private object Whole {
    fun decoded(file: ByteArray): Bitmap = ImageDecoder.decodeBitmap(ImageDecoder.createSource(ByteBuffer.wrap(file))) { decoder, _, _ ->
        decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
        decoder.isUnpremultipliedRequired = true
        decoder.setOnPartialImageListener { false }
    }
}

/** Decodes with the decoder of older phones, which fills what is missing: [PhotoFile] has looked for the end before. */
internal fun decodedAsItIs(file: ByteArray): Bitmap {
    val options = BitmapFactory.Options()
    options.inPreferredConfig = Bitmap.Config.ARGB_8888
    options.inPremultiplied = false
    options.inScaled = false
    return BitmapFactory.decodeByteArray(file, 0, file.size, options) ?: throw IOException("the decoder gives no picture")
}

/** Gives RGB of a bitmap, upright: some rows at a time, straight to where they belong. */
internal fun uprightPixels(bitmap: Bitmap, orientation: Int, background: List<Int>): ByteArray {
    val width = bitmap.width
    val turn = Turn.of(orientation, width, bitmap.height)
    val pixels = ByteArray(3 * width * bitmap.height)
    val band = IntArray(width * BAND)
    for (top in 0 until bitmap.height step BAND) {
        val rows = minOf(BAND, bitmap.height - top)
        bitmap.getPixels(band, 0, width, 0, top, width, rows)
        for (row in 0 until rows) place(band, row * width, width, turn, turn.start + (top + row) * turn.down, background, pixels)
    }
    return pixels
}

/** Puts [count] pixels, ARGB, to where they belong, the first at [to]. */
private fun place(band: IntArray, from: Int, count: Int, turn: Turn, to: Int, background: List<Int>, pixels: ByteArray) {
    val (red, green, blue) = background
    var at = 3 * to
    for (place in from until from + count) {
        val pixel = band[place]
        val alpha = pixel ushr 24
        pixels[at] = over(pixel shr 16 and 255, alpha, red)
        pixels[at + 1] = over(pixel shr 8 and 255, alpha, green)
        pixels[at + 2] = over(pixel and 255, alpha, blue)
        at += 3 * turn.across
    }
}

private fun over(value: Int, alpha: Int, background: Int): Byte = ((value * alpha + background * (255 - alpha) + 127) / 255).toByte()
