package dev.satchel.app.views

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class BarsTest {
    @Test
    fun `a bar is as wide as its share, and never thinner than it is high`() {
        assertEquals(50f, filled(0.5f, 100f, 8f), 0f)
        assertEquals(100f, filled(1.5f, 100f, 8f), 0f)
        assertEquals(8f, filled(0.001f, 100f, 8f), 0f)
        assertEquals(8f, filled(-3f, 100f, 8f), 0f)
        assertEquals(0f, filled(Float.NaN, 100f, 8f), 0f)
    }

    @Test
    fun `stages lie beside each other by their shares with gaps between`() {
        assertArrayEquals(floatArrayOf(0f, 25f, 27f, 102f), parts(listOf(1.0, 3.0), 102f, 2f), 1e-4f)
    }

    @Test
    fun `a stage that took nothing is still seen, and all of them fit`() {
        val ends = parts(listOf(0.0, 100.0, 0.0), 104f, 2f)
        assertEquals(104f, ends.last(), 1e-3f)
        for (place in 0 until 3) assertTrue(ends[2 * place + 1] - ends[2 * place] >= 1.9f)
    }
}
