package dev.satchel.app.photos

import dev.satchel.Photo
import dev.satchel.app.engines.ROOT
import dev.satchel.app.engines.errorOf
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import javax.imageio.IIOImage
import javax.imageio.ImageIO

private val BLACK = listOf(0, 0, 0)
private val ROOMY = PhotoLimits()

/** Photos as Android decodes them, and what is refused with which code. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class DecodeTest {
    private fun decoded(file: ByteArray, background: List<Int> = BLACK): Photo =
        decodePhoto({ file.inputStream() }, "photo", background, ROOMY)

    private fun code(file: ByteArray, limits: PhotoLimits = ROOMY): String =
        errorOf { decodePhoto({ file.inputStream() }, "photo", BLACK, limits) }.code

    private fun sample(): ByteArray = File(ROOT, "out/samples/rocket.jpg").readBytes()

    @Test
    fun `each EXIF orientation is turned upright`() {
        val stored = "ABCDEF".map { intArrayOf(it.code, it.code + 50, it.code + 100) }
        val upright = listOf("ABC/DEF", "CBA/FED", "FED/CBA", "DEF/ABC", "AD/BE/CF", "DA/EB/FC", "FC/EB/DA", "CF/BE/AD")
        for ((place, expected) in upright.withIndex()) {
            val photo = decoded(png(3, 2, stored, listOf("eXIf" to exif(place + 1))))
            val rows = (0 until photo.height).map { y ->
                (0 until photo.width).map { x -> photo.pixels[3 * (y * photo.width + x)].toInt().toChar() }.joinToString("")
            }
            assertEquals("orientation ${place + 1}", expected, rows.joinToString("/"))
        }
    }

    @Test
    fun `an orientation that is none, and a block that ends early, are 1`() {
        for (block in listOf(exif(0), exif(9), exif(6).copyOf(9), ByteArray(0))) {
            assertEquals(1, exifOrientation(Bytes(block)))
        }
    }

    @Test
    fun `what is transparent lies on the background`() {
        val file = png(3, 1, listOf(intArrayOf(200, 0, 255, 128), intArrayOf(10, 20, 30, 0), intArrayOf(1, 2, 3, 255)))
        assertArrayEquals(byteArrayOf(100, 0, -128, 0, 0, 0, 1, 2, 3), decoded(file).pixels)
        val white = decoded(file, listOf(255, 255, 255)).pixels.map { it.toInt() and 255 }
        assertEquals(listOf(227, 127, 255, 255, 255, 255, 1, 2, 3), white)
    }

    @Test
    fun `colour profiles change nothing`() {
        val pixels = listOf(intArrayOf(200, 100, 50), intArrayOf(1, 2, 3))
        val gamma = byteArrayOf(0, 0, 0x75, 0x30)
        assertArrayEquals(decoded(png(2, 1, pixels)).pixels, decoded(png(2, 1, pixels, listOf("gAMA" to gamma))).pixels)
    }

    @Test
    fun `the older decoder gives the pixels of the newer one`() {
        val bitmap = decodedAsItIs(PhotoFile.of(sample()).plain)
        assertArrayEquals(decoded(sample()).pixels, uprightPixels(bitmap, 1, BLACK))
    }

    @Test
    fun `of an animation the first frame is taken`() {
        val photo = decoded(animation())
        assertEquals(8 to 6, photo.width to photo.height)
        assertEquals(listOf(255, 0, 0), photo.pixels.take(3).map { it.toInt() and 255 })
    }

    @Test
    fun `what is no picture is refused, HEIC with the reason`() {
        val heic = byteArrayOf(0, 0, 0, 24) + "ftypheic".toByteArray() + ByteArray(40)
        assertEquals("input/not-a-picture", code("Dear diary".toByteArray()))
        assertEquals("input/not-a-picture", code(sample().copyOf(30)))
        assertEquals("input/empty", code(ByteArray(0)))
        val error = errorOf { decoded(heic) }
        assertEquals("input/not-a-picture", error.code)
        assertTrue(error.message!!.contains("HEIC"))
    }

    @Test
    fun `what ends too early is refused, and no grey rows are seen`() {
        assertEquals("input/truncated", code(sample().copyOf(60_000)))
        val whole = png(40, 40, List(1600) { intArrayOf(it % 251, it % 241, it % 239) })
        assertEquals("input/truncated", code(whole.copyOf(whole.size - 60)))
        val frames = animation()
        assertEquals("input/truncated", code(frames.copyOf(frames.indexOf(','.code.toByte()) + 12)))
        val bitmap = ByteArrayOutputStream().also {
            ImageIO.write(BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "bmp", it)
        }.toByteArray()
        assertEquals("input/truncated", code(bitmap.copyOf(bitmap.size - 30)))
    }

    @Test
    fun `a photo of 100 megapixels is refused with the limit where there is no memory for it, and never sampled`() {
        val limits = PhotoLimits.of(256L shl 20)
        val error = errorOf { decodePhoto({ pngThatSays(10_000, 10_000).inputStream() }, "photo", BLACK, limits) }
        assertEquals("input/too-large", error.code)
        assertTrue(error.message, error.message!!.contains("at most 44.7 megapixels") && error.message!!.contains("found 100.0"))
    }

    @Test
    fun `a photo beyond the contract's limit is refused, and a file that is too long`() {
        assertEquals("input/too-large", code(pngThatSays(20_000, 20_000)))
        assertEquals("input/too-large", code(sample(), PhotoLimits(bytes = 1000)))
        assertEquals("input/empty", code(pngThatSays(0, 5)))
    }

    @Test
    fun `a provider that dies in the middle or throws what it likes is told`() {
        for (thrown in listOf(IOException("gone"), SecurityException("no"), IllegalStateException("broken"))) {
            val dying = object : InputStream() {
                override fun read(): Int = throw thrown
            }
            assertEquals("input/not-readable", errorOf { decodePhoto({ dying }, "photo", BLACK, ROOMY) }.code)
        }
    }

    /** Gives a GIF whose frames are red and blue. */
    private fun animation(): ByteArray {
        val file = ByteArrayOutputStream()
        val writer = ImageIO.getImageWritersByFormatName("gif").next()
        ImageIO.createImageOutputStream(file).use { stream ->
            writer.output = stream
            writer.prepareWriteSequence(null)
            for (colour in listOf(0xFF0000, 0x0000FF)) {
                val frame = BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB)
                for (y in 0 until 6) for (x in 0 until 8) frame.setRGB(x, y, colour)
                writer.writeToSequence(IIOImage(frame, null, null), null)
            }
            writer.endWriteSequence()
        }
        return file.toByteArray()
    }
}
