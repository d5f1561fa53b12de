package dev.satchel

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.io.IOException
import java.io.InputStream
import java.io.SequenceInputStream

class CsvRowsTest {
    private fun rows(text: String, separator: String? = null) = readRows(text.byteInputStream(), separator).toList()

    /** The same row for ever. */
    private class Endless : InputStream() {
        private val text = "1,2\n".toByteArray()
        private var place = 0

        override fun read(): Int = text[place++ % text.size].toInt()
    }

    private class Dying : InputStream() {
        override fun read(): Int = throw IOException("gone")
    }

    @Test
    fun `rows are read as they are asked for`() {
        val source = SequenceInputStream("a,b\n".byteInputStream(), Endless())
        assertEquals(List(3) { mapOf("a" to "1", "b" to "2") }, readRows(source).take(3).toList())
    }

    @Test
    fun `a stream that dies in the middle is refused`() {
        val source = SequenceInputStream("a,b\n1,".byteInputStream(), Dying())
        val error = assertThrows<SatchelException> { readRows(source, name = "log.csv").toList() }
        assertEquals(listOf("input/not-readable", "log.csv"), listOf(error.code, error.where))
    }

    @Test
    fun `an error names the file and the row`() {
        val error = assertThrows<SatchelException> { readRows("a,b\n1,2\n3\n".byteInputStream(), name = "log.csv").toList() }
        assertEquals(listOf("input/ragged-row", "log.csv, row 2"), listOf(error.code, error.where))
    }

    @Test
    fun `a separator of two code units is one character`() {
        assertEquals(listOf(mapOf("a" to "1", "b" to "2")), rows("a\ud83d\ude00b\n1\ud83d\ude002\n", "\ud83d\ude00"))
        assertEquals("input/wrong-separator", assertThrows<SatchelException> { rows("a\n", "") }.code)
    }

    @Test
    fun `a signal has one sample a row, its channels in the order that is asked for`() {
        val signal = readSignal("x;y;z\r\n1;2;3\r\n4;5;6,5\r\n".byteInputStream(), listOf("z", "x"), rate = 50.0, decimal = ',')
        assertArrayEquals(doubleArrayOf(3.0, 1.0, 6.5, 4.0), signal.values)
        assertEquals(listOf(2, 50.0), listOf(signal.channels, signal.rate))
    }

    @Test
    fun `a signal with a gap, a text or no rows is refused`() {
        val wrong = mapOf("x\n1,5\n" to "input/ragged-row", "x\ny\n" to "input/not-a-number", "x\n" to "input/empty")
        for ((text, code) in wrong) {
            assertEquals(code, assertThrows<SatchelException> { readSignal(text.byteInputStream()) }.code)
        }
        val error = assertThrows<SatchelException> { readSignal("x,y\n1,2\n3, \n".byteInputStream()) }
        assertEquals(listOf("input/empty-cell", "row 2"), listOf(error.code, error.where))
    }
}
