package dev.satchel.app.engines

import dev.satchel.Bundle
import dev.satchel.CaseReport
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

/** Packed models give Python's tensors, outputs and answers in the phone's interpreter. */
class ZooCheckTest {
    @Test
    fun `every variant is right on one thread and on two, and the table says so`() {
        for (file in BUNDLES) Bundle.open(file).use { check(file.name, it) }
    }

    private fun check(name: String, bundle: Bundle) {
        val choice = choose(bundle, TestEngines.engines, { _, _, _ -> }, { false }, Limits(step = 300_000, total = 900_000))
        val table = choice.toJson(bundle.digest, "this machine").toString(2)
        File("target/check-tables").also { it.mkdirs() }.resolve("$name.json").writeText(table)
        for (cell in choice.cells.filter { it.candidate.delegate == Delegate.CPU }) assertRight(name, cell)
        val others = choice.cells.filter { it.candidate.delegate != Delegate.CPU }
        assertTrue(others.all { it.verdict == Verdict.NOT_RUN && it.detail.isNotEmpty() })
        assertEquals(bundle.artefacts.size * 4, choice.cells.size)
        assertNotNull(choice.chosen)
    }

    private fun assertRight(name: String, cell: Cell) {
        val report = cell.report ?: throw AssertionError("$name ${cell.artefact} ${cell.candidate}: ${cell.detail}")
        assertEquals("$name ${cell.artefact}", emptyList<CaseReport>(), report.cases.filterNot { it.pass })
        assertEquals("$name ${cell.artefact}: ${cell.detail}", Verdict.RIGHT, cell.verdict)
        if (cell.artefact.startsWith("int8")) assertEquals(0.0, report.bound, 0.0)
        val largest = report.cases.maxOf { it.largest }
        val how = "${cell.candidate.threads} threads of ${cell.engine!!.runtime} ${cell.engine.version}"
        println("$name ${cell.artefact}: ${report.cases.size} golden answers on $how, outputs apart by $largest of at most ${report.bound}")
    }

    private companion object {
        /** The models that -Dsatchel.bundles names, or those that `make test-android` packs. */
        val BUNDLES: List<File> = System.getProperty("satchel.bundles").orEmpty().split(File.pathSeparator).filter { it.isNotEmpty() }
            .map(::File).ifEmpty { listOf("iris", "sensor-series", "selfie-segmenter", "ssd-mobilenet-v2", "mnist-lenet5").map(::zoo) }
    }
}
