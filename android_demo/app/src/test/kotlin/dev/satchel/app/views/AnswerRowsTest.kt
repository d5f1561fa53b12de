package dev.satchel.app.views

import dev.satchel.Answer
import dev.satchel.Pipeline
import dev.satchel.TensorValue
import dev.satchel.parseSpec
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Answers of every kind, as people read them. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class AnswerRowsTest {
    private val resources get() = RuntimeEnvironment.getApplication().resources

    private fun answer(task: String, steps: String, vararg numbers: Float): Answer {
        val spec = parseSpec(
            """{"name":"m","task":"$task","labels":{"names":"names.txt"},"inputs":[{"name":"image","steps":[{"op":"decode"}]}],
            "outputs":[{"name":"out","steps":[$steps]}]}""",
        )
        val labels = mapOf("names" to listOf("nose", "left eye", "right eye"))
        return Pipeline(spec, labels).read(mapOf("out" to TensorValue.of(numbers, 1, numbers.size)))
    }

    @Test
    fun `shares are percentages, the best first, and what is below the least score is left out`() {
        val answer = answer("image_classification", """{"op":"label","labels":"names"}""", 0.25f, 0.7134f, 0.0366f)
        val text = textOf(answer, resources)
        assertEquals("left eye" to "71.3 %", text.best to text.value)
        assertEquals(listOf("left eye 71.3 %", "nose 25.0 %", "right eye 3.7 %"), text.rows.map { "${it.label} ${it.value}" })
        assertEquals(listOf("left eye"), textOf(answer, resources, 0.3f).rows.map { it.label })
        assertEquals("Nothing recognised with a score of 90.0 % or more", textOf(answer, resources, 0.9f).best)
    }

    @Test
    fun `scores that are no shares are numbers, and their bars are of the largest`() {
        val text = textOf(answer("image_classification", "", 8f, -2f, 4f), resources)
        assertEquals(listOf("Class 0", "Class 2", "Class 1"), text.rows.map { it.label })
        assertEquals(listOf("8.000", "4.000", "-2.000"), text.rows.map { it.value })
        assertEquals(listOf(1f, 0.5f, -0.25f), text.rows.map { it.share })
    }

    @Test
    fun `points have their names and places`() {
        val steps = """{"op":"landmarks","dimensions":2,"order":"xy"},{"op":"label","labels":"names"}"""
        val text = textOf(answer("keypoints", steps, 10f, 20f, 30.5f, 40f, 5f, 6f), resources)
        assertEquals("3 points found", text.best)
        assertEquals(listOf("nose", "left eye", "right eye"), text.rows.map { it.label })
    }

    @Test
    fun `a number stands by itself, and many are counted`() {
        assertEquals("21.50", textOf(answer("tabular_regression", "", 21.5f), resources).best)
        val many = textOf(answer("embedding", "", *FloatArray(128) { it.toFloat() }), resources)
        assertEquals("128 numbers", many.best)
        assertEquals(20 to 108, many.rows.size to many.more)
    }

    @Test
    fun `a stranger's label cannot turn the line around`() {
        assertEquals("⟨U+202E⟩exe", shortened("\u202Eexe"))
    }
}
