package dev.satchel.app.bundles

import dev.satchel.Frame
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import java.util.Random
import kotlin.math.cos
import kotlin.math.floor
import kotlin.math.sin

private const val WIDTH = 640
private const val HEIGHT = 480

/** The code that `satchel serve` draws on a terminal (code.txt, which a Python test keeps fresh) is read off camera frames. */
class QrReaderTest {
    private val lines = QrReaderTest::class.java.getResource("/bundles/code.txt")!!.readText().trimEnd('\n').split('\n')
    private val text = lines[0]

    /** Whether each module is light, its quiet zone included. */
    private val modules: List<BooleanArray> = lines.drop(1).flatMap { line ->
        listOf(line.map { it in "█▀" }.toBooleanArray(), line.map { it in "█▄" }.toBooleanArray())
    }

    /** A plane of a camera that sees the code: turned, so large, tilted, blurred, in such light, with noise. */
    private fun seen(
        degrees: Double = 0.0,
        pixelsAModule: Double = 7.0,
        tilt: Double = 0.0,
        noise: Double = 0.0,
        dark: Int = 30,
        light: Int = 220,
        stride: Int = WIDTH,
        start: Int = 0,
    ): ByteArray {
        val plane = ByteArray(start + stride * (HEIGHT - 1) + WIDTH) { 77 }
        val random = Random(7)
        val (sine, cosine) = Math.toRadians(degrees).let { sin(it) to cos(it) }
        for (y in 0 until HEIGHT) {
            for (x in 0 until WIDTH) {
                var sum = 0.0
                for (part in 0 until 4) { // four looks a pixel: the edges are as soft as a lens makes them
                    val right = x + part % 2 * 0.5 - WIDTH / 2
                    val down = y + part / 2 * 0.5 - HEIGHT / 2
                    val scale = pixelsAModule * (1 + tilt * down / HEIGHT)
                    val column = floor((right * cosine + down * sine) / scale + modules[0].size / 2.0).toInt()
                    val row = floor((down * cosine - right * sine) / scale + modules.size / 2.0).toInt()
                    val isLight = modules.getOrNull(row)?.getOrNull(column) ?: ((x / 50 + y / 70) % 2 == 0)
                    sum += if (isLight) light else dark
                }
                val value = sum / 4 + random.nextGaussian() * noise
                plane[start + y * stride + x] = value.toInt().coerceIn(0, 255).toByte()
            }
        }
        return plane
    }

    private fun assertRead(what: String, plane: ByteArray, stride: Int = WIDTH, start: Int = 0) {
        val before = plane.copyOf()
        assertEquals(what, text, QrReader().read(plane, WIDTH, HEIGHT, stride, start))
        assertEquals(before.toList(), plane.toList())
        assertEquals(text, Address.parse(text).toString())
    }

    @Test
    fun `a code is read however the phone is turned`() {
        for (degrees in listOf(0, 90, 180, 270, 10, 33, 45, 200)) assertRead("$degrees", seen(degrees = degrees.toDouble()))
    }

    @Test
    fun `a code is read near and far, tilted, in noise and in little light`() {
        for (size in listOf(3.0, 4.3, 9.5)) assertRead("$size", seen(pixelsAModule = size))
        for (tilt in listOf(-0.25, 0.25)) assertRead("$tilt", seen(tilt = tilt))
        for (noise in listOf(10.0, 20.0)) assertRead("$noise", seen(noise = noise, degrees = 12.0))
        assertRead("dim", seen(dark = 20, light = 60, noise = 3.0))
        assertRead("bright", seen(dark = 170, light = 250, noise = 5.0))
    }

    @Test
    fun `a code of light on dark is read too`() = assertRead("inverted", seen(dark = 220, light = 30, degrees = 5.0))

    @Test
    fun `rows that are padded and a plane that begins later are read as they lie`() {
        assertRead("padded", seen(stride = 704), 704)
        assertRead("later", seen(stride = 640, start = 96), 640, 96)
        val plane = seen(stride = 704, start = 64)
        val chroma = Frame.Plane(ByteArray(WIDTH * HEIGHT / 2))
        val frame = Frame(WIDTH, HEIGHT, Frame.Plane(plane, 64), chroma, chroma, 704, WIDTH, WIDTH, 1, 2)
        assertEquals(text, QrReader().read(frame))
    }

    @Test
    fun `where there is no code there is none, and the next frame is read all the same`() {
        val reader = QrReader()
        val noise = ByteArray(WIDTH * HEIGHT).also { Random(3).nextBytes(it) }
        val half = seen().also { it.fill(0, 0, it.size / 2) }
        for (plane in listOf(ByteArray(WIDTH * HEIGHT), noise, half)) assertNull(reader.read(plane, WIDTH, HEIGHT, WIDTH))
        assertEquals(text, reader.read(seen(), WIDTH, HEIGHT, WIDTH))
    }

    @Test
    fun `a plane that is shorter than it says holds no code`() {
        val plane = seen()
        val reader = QrReader()
        assertNull(reader.read(plane, WIDTH, HEIGHT + 1, WIDTH))
        assertNull(reader.read(plane, WIDTH + 1, HEIGHT, WIDTH))
        assertNull(reader.read(plane, WIDTH, HEIGHT, WIDTH, 1))
        assertNull(reader.read(plane, WIDTH, HEIGHT, WIDTH, -1))
        assertNull(reader.read(plane, 0, 0, 0))
        assertNull(reader.read(ByteArray(4), 2, 2, 2))
    }
}
