package dev.satchel

import dev.satchel.tflite.TfLiteEngine
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicContainer
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File

/** Models of the zoo, packed by Python, give Python's tensors, outputs and answers in TensorFlow Lite on the JVM. */
class ZooTest {
    @Test
    fun `the models of every kind of input and answer are there`() {
        val tasks = BUNDLES.mapTo(HashSet()) { BundleReader.open(it).spec.task.word }
        val needed = setOf("image_classification", "object_detection", "segmentation", "tabular_classification", "signal_classification")
        assertEquals(emptySet<String>(), needed - tasks) { "-D$PROPERTY names ${BUNDLES.map { it.name }}" }
    }

    @TestFactory
    fun `every artefact gives its golden answers`(): List<DynamicContainer> = BUNDLES.map { file ->
        val artefacts = Bundle.open(file).artefacts.keys
        assertTrue(artefacts.isNotEmpty()) { "$file has nothing that a JVM can run" }
        dynamicContainer(file.name, artefacts.map { id -> goldenAnswers(file, id) })
    }

    private fun goldenAnswers(file: File, artefact: String): DynamicTest = dynamicTest(artefact) {
        Bundle.open(file).use { bundle ->
            bundle.load(artefact) { TfLiteEngine(it) }
            val report = bundle.check()
            assertTrue(report.cases.size >= 3)
            val wrong = report.cases.filter { !it.pass }
            assertEquals(emptyList<CaseReport>(), wrong) { "$file $artefact" }
            val largest = report.cases.maxOf { it.largest }
            if (artefact.startsWith("int8")) assertEquals(0.0, report.bound) { "$file $artefact" }
            println("${file.name} $artefact: ${report.cases.size} golden answers, outputs apart by $largest of at most ${report.bound}")
        }
    }

    private companion object {
        const val PROPERTY = "satchel.bundles"

        /** The packed models. */
        val BUNDLES: List<File> = System.getProperty(PROPERTY).orEmpty().split(File.pathSeparator).filter {
            it.isNotEmpty()
        }.map(::File).also {
            check(it.isNotEmpty()) { "There are no models to run: give -D$PROPERTY the paths of packed ones, as `make test-kotlin` does." }
        }
    }
}
