package dev.satchel.app.camera

import dev.satchel.Answer
import dev.satchel.Bundle
import dev.satchel.Pipeline
import dev.satchel.Task
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.ROOT
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.zoo
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import java.io.File
import java.security.MessageDigest

/** Frames of real photos, in every rotation, range and layout, are prepared and answered on the phone as in Python. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35])
class LiveAnswersTest {
    private val frames = RealFrame.all()

    @Test
    fun `there is a frame of every rotation and range, for every task of a live camera`() {
        val every = listOf(0, 90, 180, 270).flatMap { listOf(it to false, it to true) }
        assertEquals(every.toSet(), frames.mapTo(HashSet()) { it.rotation to it.limited })
        val tasks = bundles().mapTo(HashSet()) { (name, _) -> open(name).use { it.spec.task } }
        assertEquals(setOf(Task.IMAGE_CLASSIFICATION, Task.OBJECT_DETECTION, Task.SEGMENTATION), tasks)
    }

    @Test
    fun `prepared tensors are Python's to the byte, in every layout of memory`() {
        for ((name, artefact) in bundles()) {
            val pipeline = open(name).use { Pipeline(it.spec, it.reader.labels, artefact) }
            val planes = FramePlanes()
            for (each in frames) {
                for (layout in Layout.entries) {
                    val tensor = pipeline.prepare(planes.copy(each.image(layout), each.rotation)).values.single()
                    assertEquals("$name ${each.file} $layout", each.said.getValue(name).tensor, sha256(tensor.bytes()))
                }
            }
        }
    }

    @Test
    fun `live answers are Python's`() {
        for ((name, artefact) in bundles()) {
            open(name).use { bundle ->
                bundle.load(artefact) { TestEngines.engines.open(it, Candidate(Delegate.CPU, 2)) }
                frames.forEachIndexed { place, each -> assertAnswer(name, bundle, each, Layout.entries[place % Layout.entries.size]) }
            }
        }
    }

    private fun assertAnswer(name: String, bundle: Bundle, each: RealFrame, layout: Layout) {
        var answer: Answer? = null
        val taker = FrameTaker(Runnable::run, { each.rotation }) { answer = bundle.run(frameFor(bundle.spec, it)).answer }
        taker.offer(each.image(layout))
        val exact = bundle.artefact!!.startsWith("int8")
        assertSame("$name ${each.file} $layout", each.said.getValue(name).answer, answer!!.toJson(), exact)
    }

    private fun assertSame(which: String, expected: String, found: String, exact: Boolean) {
        if (exact) return assertEquals(which, expected, found)
        // A mask of floats: the contract's bound is one pixel of a thousand.
        val (wanted, given) = listOf(expected, found).map { pixelsOf(JSONObject(it).getJSONObject("mask")) }
        assertEquals(which, wanted.size, given.size)
        val apart = wanted.indices.count { wanted[it] != given[it] }
        assertTrue("$which: $apart pixels of ${wanted.size} differ", apart * 1000 <= wanted.size)
    }

    private fun pixelsOf(mask: JSONObject): IntArray {
        val pixels = IntArray(mask.getInt("width") * mask.getInt("height"))
        val (counts, indices) = mask.getJSONArray("counts") to mask.getJSONArray("indices")
        var place = 0
        for (run in 0 until counts.length()) repeat(counts.getInt(run)) { pixels[place++] = indices.getInt(run) }
        return pixels
    }

    private fun bundles(): List<Pair<String, String>> = frames.first().said.map { (name, said) -> name to said.artefact }

    private fun open(name: String): Bundle = Bundle.open(File(ROOT, "out/$name").takeIf { it.isFile } ?: zoo(name.removeSuffix(".satchel")))

    private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
}
