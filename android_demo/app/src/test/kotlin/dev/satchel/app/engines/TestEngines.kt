package dev.satchel.app.engines

import dev.satchel.Engine
import dev.satchel.SatchelException
import dev.satchel.tflite.TfLiteEngine
import org.junit.runners.model.FrameworkMethod
import org.robolectric.RobolectricTestRunner
import org.robolectric.internal.bytecode.InstrumentationConfiguration
import java.io.File
import java.nio.ByteBuffer

/** The project's folder. */
val ROOT: File = File(System.getProperty("satchel.root"))

/** What carries models out in tests. */
object TestEngines {
    /** What the phone has: its interpreter as desktop/build.sh made it loadable. */
    val phone = LiteRtEngines(sdk = 34, cores = 2)

    /** Whether this machine can load it. */
    val isPhone: Boolean = phone.version.isNotEmpty()

    /** [phone], or where this machine cannot load it, another TensorFlow Lite. */
    val engines: Engines = if (isPhone) phone else DesktopEngines

    init {
        val reason = File(ROOT, "android_demo/desktop/target/reason").let { if (it.isFile) it.readText().trim() else "it was not built" }
        val own = "engines: the phone's own interpreter, TensorFlow Lite ${phone.version}"
        println(if (isPhone) own else "engines: NOT THE PHONE'S INTERPRETER ($reason), but TensorFlow Lite for the desktop")
    }
}

/** TensorFlow Lite for desktop JVMs, on the CPU. */
private object DesktopEngines : Engines {
    override fun candidates(): List<Candidate> = LiteRtEngines(sdk = 34, cores = 2).candidates()

    override fun absent(candidate: Candidate): String? = if (candidate.delegate == Delegate.CPU) null else "a desktop has none"

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        absent(candidate)?.let { throw SatchelException("model/cannot-load", it) }
        return TfLiteEngine(model, candidate.threads)
    }
}

/**
 * Robolectric with one copy of the interpreter for all tests.
 *
 * A JVM loads a native library once, for the class loader that asked. Robolectric has a class loader for each framework, so
 * the interpreter's classes are left to the one above them.
 */
class EngineTestRunner(testClass: Class<*>) : RobolectricTestRunner(testClass) {
    override fun createClassLoaderConfig(method: FrameworkMethod): InstrumentationConfiguration =
        InstrumentationConfiguration.Builder(super.createClassLoaderConfig(method))
            .doNotAcquirePackage("org.tensorflow.lite.")
            .doNotAcquirePackage("org.bytedeco.")
            // Robolectric compares configurations by classes, not by packages: without one it takes another runner's class loader.
            .doNotAcquireClass("org.tensorflow.lite.Interpreter")
            .build()
}

/** Gives a bundle of the zoo, which `make zoo-bundles` writes. */
fun zoo(name: String): File = File(ROOT, "out/zoo/$name.satchel").also { check(it.isFile) { "$it is not there: make zoo-bundles" } }

/** Gives the error that something throws. */
fun errorOf(work: () -> Unit): SatchelException = try {
    work()
    throw AssertionError("nothing was thrown")
} catch (error: SatchelException) {
    error
}
