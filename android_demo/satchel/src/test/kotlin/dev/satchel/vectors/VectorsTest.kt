package dev.satchel.vectors

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.DynamicContainer
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File
import java.util.TreeMap

/** Every case of every file gives what the file says; the counts by op are printed. */
class VectorsTest {
    @Test
    fun `every folder of vectors has a handler and every handler a folder`() {
        assertEquals(emptySet<String>(), VECTORS.unmatched())
    }

    @Test
    fun `a changed vector is complained of`() {
        val case = mapOf("expected" to listOf(3.0, 4.0, 7.0))
        assertEquals("$[2]: expected 7.0, found 8", complaint({ _, _ -> listOf(3, 4, 8) }, case, emptyMap()))
    }

    @TestFactory
    fun `each case`(): List<DynamicContainer> = VECTORS.ops.flatMap { op ->
        VECTORS.files(op).map { DynamicContainer.dynamicContainer("$op/${it.name}", VECTORS.cases(it).map(::test)) }
    }

    private fun test(case: VectorCase): DynamicTest = DynamicTest.dynamicTest(case.id) {
        assertNull(case.complaint()) { "${case.op}/${case.file} ${case.id} (${case.comment})" }
        COUNTS.merge(case.op, 1, Int::plus)
    }

    private companion object {
        val VECTORS = Vectors(File(System.getProperty("satchel.vectors")))
        val COUNTS = TreeMap<String, Int>()

        @JvmStatic
        @AfterAll
        fun `print the counts`() {
            VECTORS.notRun.forEach { (op, why) -> println("vectors: $op not run here: $why") }
            println("vectors: ${COUNTS.values.sum()} cases passed: " + COUNTS.entries.joinToString { "${it.key} ${it.value}" })
        }
    }
}
