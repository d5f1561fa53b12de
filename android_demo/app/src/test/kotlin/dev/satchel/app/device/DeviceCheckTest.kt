package dev.satchel.app.device

import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.ROOT
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.engines.zoo
import dev.satchel.vectors.HANDLERS
import dev.satchel.vectors.Vectors
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import java.nio.ByteBuffer

private val VECTORS = File(ROOT, "metadata/vectors")
private val IRIS = zoo("iris")
private val CPU = listOf(Candidate(Delegate.CPU, 1), Candidate(Delegate.CPU, 2))
private val OTHERS = listOf(Candidate(Delegate.NNAPI, 0), Candidate(Delegate.GPU, 0))

/** The phone's interpreter on some candidates; what another than the CPU would do, the CPU does. */
private open class Some(private val candidates: List<Candidate>) : Engines {
    override fun candidates() = candidates

    override fun absent(candidate: Candidate): String? = null

    override fun open(model: ByteBuffer, candidate: Candidate): Engine =
        TestEngines.engines.open(model, Candidate(Delegate.CPU, maxOf(1, candidate.threads)))
}

/** An engine whose outputs are changed. */
private class Changed(private val engine: Engine, private val change: (TensorValue) -> Unit) : Engine by engine {
    override fun run(tensors: Map<String, TensorValue>) = engine.run(tensors).onEach { (_, value) -> change(value) }
}

private class Told {
    val lines = ArrayList<JSONObject>()
    val check = DeviceCheck { lines.add(JSONObject(it)) }

    fun bundle(engines: Engines, file: File = IRIS): List<JSONObject> = lines.also { check.bundle(file, engines) }

    fun results(delegate: Delegate): Set<String> =
        lines.filter { it.optString("delegate") == delegate.name }.map { it.getString("result") }.toSet()
}

@RunWith(EngineTestRunner::class)
@Config(sdk = [35])
class DeviceCheckTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `every vector and every golden input passes, and the report is what was told`() {
        val context = RuntimeEnvironment.getApplication()
        val told = ArrayList<String>()
        val given = mapOf("vectors" to VECTORS.path, "bundles" to IRIS.path, "report" to "satchel-check/report.jsonl")
        val well = checkDevice(context, given::get, TestEngines.engines) { told.add(it) }

        assertEquals(told.joinToString("") { "$it\n" }, context.filesDir.resolve(given.getValue("report")).readText())
        val lines = told.map(::JSONObject)
        assertEquals(emptyList<String>(), lines.filter { it.getString("result") == "fail" }.map { it.toString() })
        assertTrue(well)
        val totals = lines.last()
        assertEquals(casesOf(VECTORS), count(totals, "vector", "pass"))
        assertEquals(0, count(totals, "vector", "not run"))
        assertEquals(lines.count { it.getString("kind") == "golden" && it.getString("result") == "pass" }, count(totals, "golden", "pass"))
        assertTrue(count(totals, "golden", "pass") >= 2 * 3)
        assertEquals(35, totals.getJSONObject("system").getInt("api"))
        assertTrue(totals.getJSONArray("runtimes").getString(0).startsWith("TensorFlow Lite 2."))
    }

    @Test
    fun `a broken vector is a failing line that says where, and fails the whole`() {
        val crop = folder.newFolder("crop").also { File(VECTORS, "crop").copyRecursively(it, overwrite = true) }
        val file = crop.listFiles()!!.first { it.extension == "json" }
        val changed = file.readText().replaceFirst(Regex("\"shape\": \\[(\\d+), (\\d+), 3]"), "\"shape\": [$2, $1, 3]")
        assertFalse(changed == file.readText())
        file.writeText(changed)
        val told = Told()
        told.check.vectors(Vectors(folder.root, HANDLERS.filterKeys { it == "crop" }, emptyMap()))

        val failed = told.lines.filter { it.getString("result") == "fail" }
        assertEquals(1, failed.size)
        assertEquals(listOf("vector", "crop", file.name), listOf("kind", "op", "file").map { failed[0].getString(it) })
        assertTrue(failed[0].getString("detail"), failed[0].getString("detail").contains("expected"))
        assertFalse(told.check.totals(emptyMap()))
        assertEquals("fail", told.lines.last().getString("result"))
    }

    @Test
    fun `a folder without a handler fails`() {
        folder.newFolder("unheard_of")
        val told = Told()
        told.check.vectors(Vectors(folder.root, emptyMap(), emptyMap()))
        assertEquals(listOf("unheard_of" to "fail"), told.lines.map { it.getString("op") to it.getString("result") })
    }

    @Test
    fun `what is not there, or gives no answer at all, is not run and never passes`() {
        val told = Told()
        told.bundle(
            object : Some(OTHERS) {
                override fun absent(candidate: Candidate) = if (candidate.delegate == Delegate.NNAPI) "this phone has none" else null

                override fun open(model: ByteBuffer, candidate: Candidate) = throw SatchelException("model/cannot-load", "too large for it")
            },
        )
        assertEquals(setOf("not run"), told.results(Delegate.NNAPI))
        assertEquals(setOf("not run"), told.results(Delegate.GPU))
        assertEquals(setOf("this phone has none", "too large for it."), told.lines.map { it.getString("detail") }.toSet())
        assertFalse(told.check.totals(emptyMap()))
    }

    @Test
    fun `a delegate that answers otherwise, or NaN, fails`() {
        val told = Told()
        told.bundle(
            object : Some(CPU + OTHERS) {
                override fun open(model: ByteBuffer, candidate: Candidate) = Changed(super.open(model, candidate)) { value ->
                    when (candidate.delegate) {
                        Delegate.CPU -> Unit
                        Delegate.NNAPI -> turnBits(value.data)
                        Delegate.GPU -> if (value.dtype == Dtype.FLOAT32) value.data.asFloatBuffer().put(0, Float.NaN)
                    }
                }
            },
        )
        assertEquals(setOf("pass"), told.results(Delegate.CPU))
        assertEquals(setOf("fail"), told.results(Delegate.NNAPI))
        val float = told.lines.filter { it.getString("delegate") == "GPU" && it.getString("artefact").startsWith("float") }
        assertEquals(setOf("fail"), float.map { it.getString("result") }.toSet())
        assertTrue(float.all { "NaN" in it.getString("detail") })
    }

    @Test
    fun `a CPU that does not load a model, and a file that is no bundle, fail`() {
        val told = Told()
        told.bundle(
            object : Some(CPU) {
                override fun open(model: ByteBuffer, candidate: Candidate) = throw SatchelException("model/cannot-load", "no")
            },
        )
        assertEquals(setOf("fail"), told.results(Delegate.CPU))
        val none = folder.newFile("none.satchel").also { it.writeText("no bundle") }
        val line = Told().bundle(TestEngines.engines, none).single()
        assertEquals(listOf("none.satchel", "fail"), listOf("bundle", "result").map { line.getString(it) })
        assertTrue(line.getString("detail"), line.getString("detail").startsWith("bundle/"))
    }

    @Test
    fun `the delegates that are named are the only ones`() {
        val told = ArrayList<JSONObject>()
        val given = mapOf("bundles" to IRIS.path, "report" to "report.jsonl", "delegates" to "cpu")
        assertTrue(checkDevice(RuntimeEnvironment.getApplication(), given::get, TestEngines.engines) { told.add(JSONObject(it)) })
        assertEquals(setOf("CPU"), told.dropLast(1).map { it.getString("delegate") }.toSet())
    }

    private fun count(totals: JSONObject, kind: String, result: String): Int = totals.getJSONObject(kind).getInt(result)

    private fun turnBits(bytes: ByteBuffer) {
        for (place in 0 until bytes.limit()) bytes.put(place, (bytes[place].toInt() xor 64).toByte())
    }

    /** Counts the cases of all files without reading them as JSON: each says once what its result must be. */
    private fun casesOf(folder: File): Int = folder.walk().filter { it.extension == "json" }.sumOf { RESULT.findAll(it.readText()).count() }

    private companion object {
        val RESULT = Regex("\"result\": \"(in)?valid\"")
    }
}
