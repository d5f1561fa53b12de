package dev.satchel.app.camera

import dev.satchel.Timings
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

private const val SECOND = 1_000_000_000L

/** Frames a second are of the last two seconds. */
class FrameMeterTest {
    private val meter = FrameMeter()

    private fun timings(milliseconds: Double) = Timings(milliseconds, 2 * milliseconds, 3 * milliseconds, 7 * milliseconds)

    @Test
    fun `one frame has no pace, two have`() {
        meter.add(5 * SECOND, timings(1.0))
        assertNull(meter.pace())
        meter.add(5 * SECOND + SECOND / 4, timings(3.0))
        assertEquals(Pace(4.0, 2.0, 4.0, 6.0), meter.pace())
    }

    @Test
    fun `what was before the window does not count`() {
        repeat(60) { meter.add(it * SECOND / 30, timings(100.0)) }
        repeat(21) { meter.add(10 * SECOND + it * SECOND / 10, timings(1.0)) }
        assertEquals(Pace(10.0, 1.0, 2.0, 3.0), meter.pace())
    }

    @Test
    fun `a model that is slower than the window has a pace too`() {
        for (second in listOf(0, 5, 11)) meter.add(second * SECOND, timings(5.0))
        assertEquals(1 / 6.0, meter.pace()!!.framesASecond, 1e-12)
    }

    @Test
    fun `it goes on for as long as a camera runs`() {
        repeat(100_000) { meter.add(it * SECOND / 60, timings(1.0)) }
        assertEquals(60.0, meter.pace()!!.framesASecond, 1e-4)
    }

    @Test
    fun `another camera begins anew`() {
        repeat(3) { meter.add(it * SECOND, timings(1.0)) }
        meter.clear()
        assertNull(meter.pace())
    }
}
