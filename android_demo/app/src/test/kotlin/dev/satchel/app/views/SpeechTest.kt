package dev.satchel.app.views

import org.junit.Assert.assertEquals
import org.junit.Test

private const val SECOND = 1_000_000_000L

/** What a camera sees is spoken when it is another, and not more often than can be listened to. */
class SpeechTest {
    /** Gives what is spoken of frames a tenth of a second apart. */
    private fun spoken(frames: List<String>, start: Long = 0): List<Pair<Int, String>> {
        val speech = Speech()
        return frames.withIndex().filter { (place, seen) -> speech.due(seen, start + place * SECOND / 10) }.map { it.index to it.value }
    }

    @Test
    fun `the same is spoken once, however long it is seen`() = assertEquals(listOf(0 to "cup"), spoken(List(1000) { "cup" }))

    @Test
    fun `another is spoken two seconds after the last, if it is still there`() {
        val frames = List(5) { "cup" } + List(5) { "cat" } + List(8) { "cup" } + List(30) { "dog" }
        assertEquals(listOf(0 to "cup", 20 to "dog"), spoken(frames))
    }

    @Test
    fun `two that take turns with every frame are spoken every two seconds at most`() {
        val said = spoken(List(100) { if (it % 2 == 0) "cup" else "cat" }).map { it.first }
        assertEquals(listOf(0, 21, 42, 63, 84), said)
    }

    @Test
    fun `a clock that is about to turn over counts on`() {
        val start = Long.MAX_VALUE - SECOND
        assertEquals(listOf(0 to "cup", 20 to "cat"), spoken(List(5) { "cup" } + List(30) { "cat" }, start))
    }
}
