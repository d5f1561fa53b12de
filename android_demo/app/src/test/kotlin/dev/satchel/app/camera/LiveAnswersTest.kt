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
import org.junit.Assert.assertEquals
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
        val taker = FrameTaker(Runnable::run, { each.rotation }) { answer = bundle.run(FramesOfSpec().of(bundle.spec, it)).answer }
        taker.offer(each.image(layout))
        each.said.getValue(name).assertSame("$name ${each.file} $layout", answer!!.toJson())
    }

    private fun bundles(): List<Pair<String, String>> = frames.first().said.map { (name, said) -> name to said.artefact }

    private fun open(name: String): Bundle = Bundle.open(File(ROOT, "out/$name").takeIf { it.isFile } ?: zoo(name.removeSuffix(".satchel")))

    private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
}
