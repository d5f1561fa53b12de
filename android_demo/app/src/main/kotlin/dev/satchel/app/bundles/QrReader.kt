package dev.satchel.app.bundles

import com.google.zxing.Binarizer
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.GlobalHistogramBinarizer
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import dev.satchel.Frame

private val HINTS = mapOf(DecodeHintType.TRY_HARDER to true, DecodeHintType.CHARACTER_SET to "UTF-8")

/** Reads QR codes in the brightness of camera frames, however they are turned, dark on light or light on dark. */
class QrReader {
    private val reader = QRCodeReader()

    /** Gives the text of the code in a frame; null where there is none. */
    fun read(frame: Frame): String? =
        if (frame.yPixelStride == 1) read(frame.y.data, frame.width, frame.height, frame.yRowStride, frame.y.start) else null

    /**
     * Gives the text of the code in a plane; null where there is none.
     *
     * @param luminance a byte a pixel, 0 black and 255 white, row by row; it is not changed and not kept.
     * @param rowStride bytes from row to row; the last row may end with its last pixel.
     * @param start the place of the first pixel.
     */
    fun read(luminance: ByteArray, width: Int, height: Int, rowStride: Int, start: Int = 0): String? {
        val reaches = start + (height - 1).toLong() * rowStride + width <= luminance.size
        if (width < 1 || height < 1 || rowStride < width || start < 0 || !reaches) return null
        val source = LuminancePlane(luminance, width, height, rowStride, start)
        return decoded(source) ?: decoded(source.invert())
    }

    /** Parts dark from light by what is around each place, which shadows need, then by the whole row, which bright screens need. */
    private fun decoded(source: LuminanceSource): String? = decoded(HybridBinarizer(source)) ?: decoded(GlobalHistogramBinarizer(source))

    private fun decoded(parted: Binarizer): String? = try {
        reader.decode(BinaryBitmap(parted), HINTS).text
    } catch (error: ReaderException) {
        null // No code, or one that is blurred: the next frame may show it.
    } finally {
        reader.reset()
    }
}

private class LuminancePlane(
    private val luminance: ByteArray,
    width: Int,
    height: Int,
    private val rowStride: Int,
    private val start: Int,
) : LuminanceSource(width, height) {
    override fun getRow(y: Int, row: ByteArray?): ByteArray {
        val found = if (row != null && row.size >= width) row else ByteArray(width)
        System.arraycopy(luminance, start + y * rowStride, found, 0, width)
        return found
    }

    override fun getMatrix(): ByteArray {
        val found = ByteArray(width * height)
        for (y in 0 until height) System.arraycopy(luminance, start + y * rowStride, found, y * width, width)
        return found
    }
}
