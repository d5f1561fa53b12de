package dev.satchel.app.engines

import com.sun.management.ThreadMXBean
import dev.satchel.BundleReader
import dev.satchel.Dtype
import dev.satchel.TensorValue
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.tensorflow.lite.Interpreter
import java.lang.management.ManagementFactory
import java.net.URLClassLoader
import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val RUNS = 1000

/** An op of the format that no runtime has, and one that the format did not have yet. */
private const val CALL = 31
private const val NEWER = 9999

/** The phone's interpreter runs a model, and refuses what it cannot run in an error of ours. */
class LiteRtEngineTest {
    private val engines = LiteRtEngines(sdk = 34, cores = 2)
    private val one = Candidate(Delegate.CPU, 1)

    @Before
    fun `the phone's interpreter is there`() {
        assumeTrue("this machine cannot load the phone's interpreter: android_demo/desktop/target/reason", TestEngines.isPhone)
    }

    @Test
    fun `tensors go in and out by their names, in the same memory every time`() {
        engines.open(iris(), one).use { engine ->
            assertEquals(listOf("row:0") to listOf("probabilities:0"), engine.inputs to engine.outputs)
            val first = engine.run(mapOf("row:0" to row(5.1f, 3.5f, 1.4f, 0.2f)))
            val value = first.getValue("probabilities:0")
            assertEquals(Dtype.FLOAT32, value.dtype)
            assertArrayEquals(intArrayOf(1, 3), value.shape)
            val setosa = numbers(value)
            assertEquals(1f, setosa.sum(), 1e-6f)
            val second = engine.run(mapOf("row:0" to row(6.7f, 3.0f, 5.2f, 2.3f)))
            assertSame(value, second.getValue("probabilities:0"))
            assertFalse(setosa.contentEquals(numbers(value)))
            assertEquals(0 to value.data.capacity(), value.data.position() to value.data.limit())
        }
    }

    @Test
    fun `the engine says what it is`() {
        val description = engines.open(iris(), Candidate(Delegate.CPU, 2)).use { it.description }
        assertEquals(listOf("TensorFlow Lite", "2.16.1", "XNNPACK"), description.run { listOf(runtime, version, backend) })
        assertEquals(2, description.threads)
    }

    @Test
    fun `closing twice is closing once, and a closed model does not run`() {
        val engine = engines.open(iris(), one)
        engine.close()
        engine.close()
        assertEquals("model/run-failed", errorOf { engine.run(mapOf("row:0" to row(1f, 2f, 3f, 4f))) }.code)
    }

    @Test
    fun `a value that is missing or of another form is refused, and the next is taken`() {
        engines.open(iris(), one).use { engine ->
            assertEquals("model/tensor-missing", errorOf { engine.run(emptyMap()) }.code)
            val short = errorOf { engine.run(mapOf("row:0" to row(1f, 2f, 3f))) }
            assertEquals("model/tensor-mismatch" to "row:0", short.code to short.where)
            assertEquals("expected float32 [1, 4], found float32 [1, 3]", short.detail)
            val turned = TensorValue.of(floatArrayOf(1f, 2f, 3f, 4f), 4, 1)
            assertEquals("model/tensor-mismatch", errorOf { engine.run(mapOf("row:0" to turned)) }.code)
            val integers = TensorValue.allocate(Dtype.INT32, intArrayOf(1, 4))
            assertEquals("model/tensor-mismatch", errorOf { engine.run(mapOf("row:0" to integers)) }.code)
            assertNotNull(engine.run(mapOf("row:0" to row(1f, 2f, 3f, 4f))))
        }
    }

    @Test
    fun `values in memory of the JVM are read as well`() {
        engines.open(iris(), one).use { engine ->
            val direct = numbers(engine.run(mapOf("row:0" to row(5.1f, 3.5f, 1.4f, 0.2f))).values.single())
            val bytes = row(5.1f, 3.5f, 1.4f, 0.2f).bytes()
            val heap = TensorValue(Dtype.FLOAT32, intArrayOf(1, 4), ByteBuffer.wrap(bytes))
            assertArrayEquals(direct, numbers(engine.run(mapOf("row:0" to heap)).values.single()), 0f)
        }
    }

    @Test
    fun `bytes that are no model are refused`() {
        val cut = BundleReader.open(zoo("iris")).model("float32").also { it.limit(it.limit() / 2) }
        for (bytes in listOf(directOf("this is no model, whatever its name says".toByteArray()), directOf(ByteArray(0)), cut)) {
            errorOf { engines.open(bytes, one) }.let { assertEquals(it.message, "model/not-a-model", it.code) }
        }
        assertEquals("model/cannot-load", errorOf { engines.open(ByteBuffer.wrap(ByteArray(64)), one) }.code)
    }

    @Test
    fun `an op that the runtime does not have is named`() {
        for ((op, name) in listOf(CALL to "CALL", NEWER to "number $NEWER")) {
            val error = errorOf { engines.open(TfliteBytes(iris()).setOp(0, op), one) }
            assertEquals("model/unsupported-op", error.code)
            assertEquals("the model needs the op $name, which TensorFlow Lite does not have here", error.detail)
        }
    }

    @Test
    fun `a tensor of open size is refused`() {
        val error = errorOf { engines.open(TfliteBytes(iris()).setInputSide(0, 0), one) }
        assertEquals("model/dynamic-shape" to "row:0", error.code to error.where)
        assertEquals("expected an input of known shape, found [0, 4]", error.detail)
    }

    @Test
    fun `threads are tried in steps up to all cores, in eight at most`() {
        fun threads(cores: Int) = LiteRtEngines(sdk = 34, cores).candidates().filter { it.delegate == Delegate.CPU }.map { it.threads }
        assertEquals(listOf(1), threads(1))
        assertEquals(listOf(1, 2, 3), threads(3))
        assertEquals(listOf(1, 2, 4), threads(4))
        assertEquals(listOf(1, 2, 4, 6), threads(6))
        assertEquals(listOf(1, 2, 4, 8), threads(8))
        assertEquals(listOf(1, 2, 4, 8, 10), threads(10))
        assertEquals(listOf(1, 2, 4, 8, 16, 32, 64, 512), threads(512))
        for (cores in 1..300) {
            val found = threads(cores)
            assertEquals(found.distinct().sorted(), found)
            assertEquals(1 to cores, found.first() to found.last())
            assertTrue("$cores: $found", found.size <= 8)
        }
    }

    @Test
    fun `delegates of a phone are absent elsewhere, each with its reason`() {
        assertEquals(listOf(1, 2).map { Candidate(Delegate.CPU, it) }, engines.candidates().take(2))
        assertNull(engines.absent(one))
        assertEquals("NNAPI is a part of Android, and this is none", engines.absent(Candidate(Delegate.NNAPI, 0)))
        val old = LiteRtEngines(sdk = 26, cores = 2).absent(Candidate(Delegate.NNAPI, 0))
        assertEquals("NNAPI came with Android 8.1, this is API level 26", old)
        val gpu = Candidate(Delegate.GPU, 0)
        assertTrue(engines.absent(gpu)!!.startsWith("TensorFlow Lite's native library does not load here"))
        assertEquals("model/cannot-load", errorOf { engines.open(iris(), gpu) }.code)
    }

    /** A JVM gives a native library to one class loader only: in another it does not load. */
    @Test
    fun `without its native library the runtime is refused`() {
        val paths = listOf(LiteRtEngines::class.java, Interpreter::class.java).map { it.protectionDomain.codeSource.location }
        val loader = object : URLClassLoader(paths.toTypedArray(), javaClass.classLoader) {
            override fun loadClass(name: String, resolve: Boolean): Class<*> {
                val own = name.startsWith("org.tensorflow.lite.") || name.startsWith("dev.satchel.app.engines.LiteRt")
                return if (own) findLoadedClass(name) ?: findClass(name) else super.loadClass(name, resolve)
            }
        }
        val type = loader.loadClass("dev.satchel.app.engines.LiteRtEngines")
        val other = type.getConstructor(Int::class.java, Int::class.java).newInstance(34, 2) as Engines
        assertEquals("", type.getMethod("getVersion").invoke(other))
        val error = errorOf { other.open(iris(), one) }
        assertEquals("model/cannot-load", error.code)
        assertTrue(error.detail, error.detail.startsWith("TensorFlow Lite's native library does not load here: "))
    }

    @Test
    fun `after the first run, a run takes no memory beyond the runtime's own`() {
        engines.open(iris(), one).use { engine ->
            val given = mapOf("row:0" to row(5.1f, 3.5f, 1.4f, 0.2f))
            val whole = memoryOf { engine.run(given) }
            val runtimes = Interpreter(iris()).use { interpreter ->
                val takes = arrayOf<Any>(given.getValue("row:0").data)
                val gives = hashMapOf<Int, Any>(0 to ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder()))
                memoryOf {
                    (gives.getValue(0) as ByteBuffer).clear()
                    interpreter.runForMultipleInputsOutputs(takes, gives)
                }
            }
            println("a run takes $whole bytes of the JVM, the runtime itself $runtimes")
            // What the JVM itself does once in a while is not of a run.
            assertTrue("$whole bytes a run, the runtime itself takes $runtimes", whole - runtimes < 4)
        }
    }

    private fun memoryOf(run: () -> Unit): Double {
        val bean = ManagementFactory.getThreadMXBean() as ThreadMXBean
        val thread = Thread.currentThread().id
        repeat(RUNS) { run() }
        val before = bean.getThreadAllocatedBytes(thread)
        repeat(RUNS) { run() }
        return (bean.getThreadAllocatedBytes(thread) - before).toDouble() / RUNS
    }

    private fun iris() = BundleReader.open(zoo("iris")).model("float32").order(ByteOrder.nativeOrder())

    private fun row(vararg values: Float) = TensorValue.of(values, 1, values.size)

    private fun numbers(value: TensorValue) = FloatArray(value.size).also { value.data.asFloatBuffer().get(it) }

    private fun directOf(bytes: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(bytes.size).also {
        it.put(bytes)
        it.rewind()
    }
}
