package dev.satchel

import dev.satchel.vectors.handlers.ARTEFACT
import dev.satchel.vectors.handlers.documentOf
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class RowsAndSignalsTest {
    private val columns = mapOf(
        "op" to "columns",
        "columns" to listOf(mapOf("name" to "a", "kind" to "number"), mapOf("name" to "c", "kind" to "category")),
        "missing" to listOf(""),
    )
    private val oneHot = mapOf("op" to "one_hot", "column" to "c", "categories" to listOf("3", "b"), "unknown" to "ignore")
    private val window = mapOf("op" to "window", "length" to 2, "hop" to 2, "tail" to "pad")

    private fun pipeline(input: String, steps: List<Any?>, tensor: Any? = null, task: String = "tabular_regression") =
        Pipeline(parseSpec(dumps(documentOf(input, steps, tensor, task))), emptyMap(), tensor?.let { ARTEFACT })

    private fun refusal(work: () -> Unit): String = assertThrows<SatchelException> { work() }.code

    @Test
    fun `a row becomes the integers that the tensor takes`() {
        val tensor = mapOf("shape" to listOf(1, 3), "dtype" to "int8", "scale" to 0.5, "zero_point" to -1)
        val found = pipeline("row", listOf(columns, oneHot), tensor).prepare(Row(mapOf("a" to " 2.5", "c" to 3L))).getValue("row")
        assertArrayEquals(byteArrayOf(4, 1, -1), found.bytes())
        assertEquals(listOf(1, 3), found.shape.toList())
    }

    @Test
    fun `a cell that was never given is named, and so is one that nothing filled`() {
        val pipeline = pipeline("row", listOf(columns, oneHot))
        assertEquals("input/missing-column", refusal { pipeline.prepare(Row(mapOf("a" to "1"))) })
        assertEquals("input/empty-cell", refusal { pipeline.prepare(Row(mapOf("a" to null, "c" to "b"))) })
        assertEquals("input/wrong-row", refusal { pipeline.prepare(Signal(DoubleArray(1))) })
    }

    @Test
    fun `a signal is cut into windows, of which prepare takes only one`() {
        val pipeline = pipeline("signal", listOf(window))
        val five = Signal(doubleArrayOf(1.0, 2.0, 3.0, 4.0, 5.0))
        assertEquals(listOf(0, 2, 4), pipeline.windows(five).map { it.start })
        assertEquals("input/several-windows", refusal { pipeline.prepare(five) })
        val last = pipeline.windows(five).last().tensors.getValue("signal")
        assertEquals(listOf(5f, 0f), listOf(last.data.getFloat(0), last.data.getFloat(4)))
    }

    @Test
    fun `a signal of another form than the steps take is refused`() {
        val resample = mapOf("op" to "resample", "from_rate" to 2, "to_rate" to 3, "method" to "linear")
        val pipeline = pipeline("signal", listOf(resample, mapOf("op" to "standardize", "mean" to listOf(0, 1), "scale" to listOf(1, 1))))
        assertEquals("input/wrong-rate", refusal { pipeline.prepare(Signal(DoubleArray(4), 2, 50.0)) })
        assertEquals("input/wrong-channels", refusal { pipeline.prepare(Signal(DoubleArray(4))) })
        assertEquals("input/wrong-array", refusal { pipeline.prepare(Signal(DoubleArray(3), 2)) })
        assertEquals("input/empty", refusal { pipeline.prepare(Signal(DoubleArray(0), 2)) })
        assertEquals("input/not-finite", refusal { pipeline.prepare(Signal(doubleArrayOf(1.0, Double.NaN), 2)) })
        assertEquals("input/wrong-array", refusal { pipeline.prepare(Row(emptyMap())) })
    }

    @Test
    fun `the answer of several windows is that of their mean, beside each one's own`() {
        val pipeline = pipeline("signal", listOf(window), task = "signal_classification")
        val outputs = listOf(floatArrayOf(0.5f, 0.25f), floatArrayOf(0f, 0.75f)).mapIndexed { place, scores ->
            WindowOutputs(2 * place, mapOf("scores" to TensorValue.of(scores, 1, 2)))
        }
        val answer = pipeline.readWindows(outputs)
        assertEquals(listOf(Answer.Class(1, 0.5f), Answer.Class(0, 0.25f)), answer.classes)
        assertEquals(listOf(0 to 0, 2 to 1), answer.windows!!.map { it.start to it.answer.classes!![0].index })
    }
}
