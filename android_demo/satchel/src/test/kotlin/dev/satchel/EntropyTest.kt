package dev.satchel

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.random.Random

private const val SIZE = 3000

/** What the entropy coded form holds is in the vectors; here it is damaged. */
class EntropyTest {
    private fun outcome(code: ByteArray): Any = try {
        decoded(code, SIZE.toLong(), "x").size
    } catch (error: SatchelException) {
        error.code
    }

    @Test
    fun `noise and flipped bits are refused or give the stated length`() {
        val chance = Random(7)
        val found = (1..300).map { round ->
            val code = chance.nextBytes(60)
            // An even chance begins every code: half of these begin with plain bytes, half with a matrix.
            if (round % 2 == 0) code[0] = (code[0].toInt() and 127).toByte()
            outcome(code)
        }.toSet()
        assertTrue("bundle/changed-file" in found)
        val allowed = setOf<Any>("bundle/bomb", "bundle/changed-file", SIZE)
        assertTrue(allowed.containsAll(found)) { "$found" }
    }

    @Test
    fun `more than this form may hold is refused unread`() {
        val refused = runCatching { decoded(ByteArray(0), (16L shl 20) + 1, "x") }.exceptionOrNull() as SatchelException
        assertEquals("bundle/bomb", refused.code)
    }
}
