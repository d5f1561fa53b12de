package dev.satchel

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** A model is run and checked as the bundle says. */
class BundleTest {
    @TempDir
    lateinit var folder: File
    private lateinit var bundle: Bundle

    @BeforeEach
    fun `open a bundle`() {
        bundle = Bundle.open(Place.FILE.put(SmallBundle.files(), folder))
    }

    @Test
    fun `a photo is prepared, run and read`() {
        bundle.load(SmallBundle.ARTEFACT) { MeanEngine() }
        val run = bundle.run(Photo.fromPixels(SmallBundle.pixels(listOf(7, 8, 9)), 4, 3))
        assertArrayEquals(floatArrayOf(7f, 8f, 9f), run.answer.values)
        assertEquals("{\"values\":[7,8,9]}", run.answer.toJson())
        assertTrue(run.timings.total >= run.timings.prepare + run.timings.infer)
    }

    @Test
    fun `check runs every golden case twice and says that they are right`() {
        var runs = 0
        bundle.load(SmallBundle.ARTEFACT) { MeanEngine { _, _ -> runs++ } }
        val report = bundle.check()
        assertTrue(report.pass)
        assertEquals(listOf("case0", "case1", "case2"), report.cases.map { it.id })
        assertEquals(6, runs)
    }

    @Test
    fun `an engine that is wrong in its second run only is found`() {
        bundle.load(SmallBundle.ARTEFACT) { MeanEngine { run, means -> if (run == 3) means[1] += 1f } }
        val cases = bundle.check().cases
        assertEquals(listOf(true, false, true), cases.map { it.pass })
        assertTrue(cases[1].prepared)
        assertFalse(cases[1].outputs)
        assertFalse(cases[1].answer)
    }

    @Test
    fun `an engine that gives NaN is wrong`() {
        bundle.load(SmallBundle.ARTEFACT) { MeanEngine { _, means -> means[0] = Float.NaN } }
        val case = bundle.check().cases.first()
        assertFalse(case.pass)
        assertEquals(Double.POSITIVE_INFINITY, case.largest)
    }

    @Test
    fun `a model without the tensor that the spec names is refused and let go`() {
        val engine = object : Engine by MeanEngine() {
            override val outputs: List<String> = listOf("other")
            var closed = false

            override fun close() {
                closed = true
            }
        }
        assertEquals("model/tensor-not-found", codeOf { bundle.load(SmallBundle.ARTEFACT) { engine } })
        assertTrue(engine.closed)
        assertEquals("env/nothing-loaded", codeOf { bundle.check() })
    }

    @Test
    fun `another artefact takes the engine's place, and closing lets it go`() {
        val engines = List(2) { MeanEngine() }
        for (engine in engines) bundle.load(SmallBundle.ARTEFACT) { engine }
        assertEquals(listOf(true, false), engines.map { it.closed })
        bundle.close()
        assertTrue(engines.all { it.closed })
    }

    @Test
    fun `an artefact that is not there is refused`() {
        assertEquals("bundle/unknown-artefact", codeOf { bundle.load("int8/tflite") { MeanEngine() } })
    }

    @Test
    fun `a thing of another kind is refused`() {
        bundle.load(SmallBundle.ARTEFACT) { MeanEngine() }
        assertEquals("input/wrong-type", codeOf { bundle.run(Row(mapOf("a" to 1.0))) })
        assertEquals("input/wrong-type", codeOf { bundle.run(Things(emptyMap())) })
    }
}
