package dev.satchel.vectors

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
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
        val folders = folders().map { it.name }.toSortedSet()
        assertEquals(folders, (HANDLERS.keys + NEEDS_A_DECODER.keys).toSortedSet())
    }

    @TestFactory
    fun `each case`(): List<DynamicContainer> = folders().filter { it.name in HANDLERS }.flatMap { folder ->
        folder.listFiles { file ->
            file.extension == "json"
        }!!.sorted().map { DynamicContainer.dynamicContainer("${folder.name}/${it.name}", cases(folder.name, it)) }
    }

    private fun cases(op: String, path: File): List<DynamicTest> {
        val file = read(path)
        return (file["cases"] as List<*>).map { packed ->
            @Suppress("UNCHECKED_CAST") // Every case is an object.
            val case = packed as Json
            DynamicTest.dynamicTest("${case["id"]}") {
                @Suppress("UNCHECKED_CAST")
                val why = complaint(HANDLERS.getValue(op), unpacked(case) as Json, file)
                assertEquals(null, why) { "$op/${path.name} ${case["id"]} (${case["comment"]})" }
                COUNTS.merge(op, 1, Int::plus)
            }
        }
    }

    private companion object {
        val COUNTS = TreeMap<String, Int>()

        fun folders(): List<File> = VECTORS.listFiles { file ->
            file.isDirectory && file.name !in setOf("generators", "__pycache__")
        }!!.sorted()

        @JvmStatic
        @AfterAll
        fun `print the counts`() {
            NEEDS_A_DECODER.forEach { (op, why) -> println("vectors: $op not run here: $why") }
            println("vectors: ${COUNTS.values.sum()} cases passed: " + COUNTS.entries.joinToString { "${it.key} ${it.value}" })
        }
    }
}
