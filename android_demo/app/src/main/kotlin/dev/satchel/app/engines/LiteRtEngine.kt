package dev.satchel.app.engines

import android.os.Build
import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.EngineDescription
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import org.tensorflow.lite.DataType
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor
import org.tensorflow.lite.TensorFlowLite
import org.tensorflow.lite.gpu.CompatibilityList
import org.tensorflow.lite.gpu.GpuDelegate
import org.tensorflow.lite.nnapi.NnApiDelegate
import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.tensorflow.lite.Delegate as RuntimeDelegate

private const val RUNTIME = "TensorFlow Lite"

/** In how many steps the threads of the CPU are tried: each is a run of every variant, and the check's time is limited. */
private const val MOST_STEPS = 8
private const val NNAPI_SINCE = Build.VERSION_CODES.O_MR1
private const val CANNOT_LOAD = "model/cannot-load"

private val DTYPES = mapOf(
    DataType.FLOAT32 to Dtype.FLOAT32,
    DataType.INT8 to Dtype.INT8,
    DataType.UINT8 to Dtype.UINT8,
    DataType.INT16 to Dtype.INT16,
    DataType.INT32 to Dtype.INT32,
    DataType.INT64 to Dtype.INT64,
    DataType.BOOL to Dtype.BOOL,
)

/** What the runtime says of an op that it does not have. */
private val UNKNOWN_OP =
    Regex("unresolved custom op: ([^\\s.]+)|builtin opcode '([^']+)'|Node number \\d+ \\((Flex[^)]+)\\)|builtin_code out of range: (\\d+)")
private val NO_MODEL = Regex("not a valid .*flatbuffer|does not encode a valid", RegexOption.IGNORE_CASE)

/**
 * TensorFlow Lite, or LiteRT, which has the same classes: the CPU with XNNPACK, NNAPI and the GPU.
 *
 * @param sdk the system's API level.
 * @param cores of the CPU.
 */
class LiteRtEngines(
    private val sdk: Int = Build.VERSION.SDK_INT,
    private val cores: Int = Runtime.getRuntime().availableProcessors(),
) : Engines {
    /** The runtime's version; empty where its native library does not load. */
    val version: String by lazy {
        try {
            told { TensorFlowLite.runtimeVersion() }
        } catch (_: SatchelException) {
            ""
        }
    }

    private val gpuAbsent: String? by lazy { whyNoGpu() }

    override fun candidates(): List<Candidate> =
        threadsOf(cores).map { Candidate(Delegate.CPU, it) } + Candidate(Delegate.NNAPI, 0) + Candidate(Delegate.GPU, 0)

    override fun absent(candidate: Candidate): String? = when (candidate.delegate) {
        Delegate.CPU -> null
        Delegate.NNAPI -> whyNoNnApi()
        Delegate.GPU -> gpuAbsent
    }

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        absent(candidate)?.let { throw SatchelException(CANNOT_LOAD, it) }
        return told { LiteRtEngine(model, candidate) }
    }

    private fun whyNoNnApi(): String? = when {
        sdk < NNAPI_SINCE -> "NNAPI came with Android 8.1, this is API level $sdk"
        // Elsewhere the runtime takes the delegate and runs the model without it.
        System.getProperty("java.vm.name") != "Dalvik" -> "NNAPI is a part of Android, and this is none"
        else -> null
    }

    private fun whyNoGpu(): String? = try {
        told {
            CompatibilityList().use { if (it.isDelegateSupportedOnThisDevice) null else "$RUNTIME does not know this device's GPU as fit" }
        }
    } catch (error: SatchelException) {
        error.detail
    }
}

/**
 * Gives the numbers of threads that are tried on so many cores: 1, 2, 4 and so on, and all of them.
 *
 * From one number to the next between these a run's time hardly changes, while every number costs the check a row of cells.
 */
private fun threadsOf(cores: Int): List<Int> =
    generateSequence(1) { it * 2 }.takeWhile { it < cores }.take(MOST_STEPS - 1).toList() + maxOf(cores, 1)

/** An input or output of the model as the runtime holds it. */
private class Slot(tensor: Tensor, kind: String) {
    val name: String = tensor.name()
    val dtype: Dtype = DTYPES[tensor.dataType()] ?: throw SatchelException(
        "model/unsupported-tensor",
        "expected an $kind of ${DTYPES.values.joinToString { it.word }}, found ${tensor.dataType()}",
        name,
    )
    val shape: IntArray = tensor.shape()
    val bytes: Int = tensor.numBytes()

    /** What was given last and has this dtype and shape. */
    private var known: TensorValue? = null

    init {
        if (shape.any { it < 1 } || bytes != shape.fold(dtype.bytes) { size, side -> size * side }) {
            val hint = "Convert the model with fixed sizes."
            throw SatchelException("model/dynamic-shape", "expected an $kind of known shape, found ${shape.toList()}", name, hint)
        }
    }

    /** Gives the memory of a value of this dtype and shape; values that come again are not looked at again. */
    fun memoryOf(value: TensorValue?): ByteBuffer {
        if (value == null) throw SatchelException("model/tensor-missing", "expected a value for this input, found none", name)
        if (value !== known && (value.dtype != dtype || !value.shape.contentEquals(shape))) {
            val message = "expected ${dtype.word} ${shape.toList()}, found ${value.dtype.word} ${value.shape.toList()}"
            throw SatchelException("model/tensor-mismatch", message, name)
        }
        known = value
        return value.data
    }
}

/**
 * A model in TensorFlow Lite.
 *
 * After its first run a run takes no memory of its own. It is opened, run and closed by one thread: a GPU's context belongs
 * to the thread that made it.
 *
 * @param model the bytes of a .tflite in direct memory; the runtime reads them where they lie as long as it lives.
 */
@Suppress("TooGenericExceptionCaught") // whatever it was, native memory is given back
private class LiteRtEngine(model: ByteBuffer, candidate: Candidate) : Engine {
    private val delegate: RuntimeDelegate? = delegateOf(candidate.delegate)
    private val interpreter: Interpreter = interpreterOf(model, candidate, delegate)
    private val takes: Array<Slot>
    private val results: Array<TensorValue>
    private val given: Array<Any?>
    private val gives = LinkedHashMap<String, TensorValue>()
    private val taken = HashMap<Int, Any>()
    private var closed = false

    override val description = EngineDescription(RUNTIME, TensorFlowLite.runtimeVersion(), candidate.threads, backendOf(candidate.delegate))
    override val inputs: List<String>
    override val outputs: List<String>

    init {
        try {
            takes = Array(interpreter.inputTensorCount) { Slot(interpreter.getInputTensor(it), "input") }
            val slots = List(interpreter.outputTensorCount) { Slot(interpreter.getOutputTensor(it), "output") }
            inputs = takes.map { it.name }.also { refuseDouble(it) }
            outputs = slots.map { it.name }.also { refuseDouble(it) }
            results = Array(slots.size) { TensorValue.allocate(slots[it].dtype, slots[it].shape) }
            given = arrayOfNulls(takes.size)
            for (place in results.indices) {
                gives[outputs[place]] = results[place]
                taken[place] = results[place].data
            }
        } catch (error: Throwable) {
            close()
            throw error
        }
    }

    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
        if (closed) throw SatchelException("model/run-failed", "the model was closed")
        for (place in takes.indices) given[place] = takes[place].memoryOf(tensors[takes[place].name])
        for (each in results) rewind(each.data)
        told("model/run-failed", "the model stopped while it ran") { interpreter.runForMultipleInputsOutputs(given, taken) }
        for (each in results) rewind(each.data)
        return gives
    }

    override fun close() {
        if (closed) return
        closed = true
        told("model/run-failed", "the model cannot be closed") {
            interpreter.close()
            delegate?.close()
        }
    }
}

/** Android 8.0 has no other than Buffer's own. */
private fun rewind(buffer: Buffer) {
    buffer.clear()
}

private fun backendOf(delegate: Delegate) = when (delegate) {
    Delegate.CPU -> "XNNPACK"
    Delegate.NNAPI -> "NNAPI"
    Delegate.GPU -> "GPU"
}

/** Gives what carries out the ops that it knows in the runtime's place; null where the runtime does all itself. */
private fun delegateOf(delegate: Delegate): RuntimeDelegate? = when (delegate) {
    Delegate.CPU -> null
    Delegate.NNAPI -> {
        // Its own CPU is slower than the runtime's, and its short numbers would not be right.
        NnApiDelegate(NnApiDelegate.Options().setUseNnapiCpu(false).setAllowFp16(false))
    }
    Delegate.GPU -> CompatibilityList().use { GpuDelegate(it.bestOptionsForThisDevice.setPrecisionLossAllowed(false)) }
}

@Suppress("TooGenericExceptionCaught") // whatever it was, native memory is given back
private fun interpreterOf(model: ByteBuffer, candidate: Candidate, delegate: RuntimeDelegate?): Interpreter {
    val options = Interpreter.Options().setUseXNNPACK(true)
    if (candidate.delegate == Delegate.CPU) options.setNumThreads(candidate.threads)
    if (delegate != null) options.addDelegate(delegate)
    try {
        return Interpreter(model.slice().order(ByteOrder.nativeOrder()), options)
    } catch (error: Throwable) {
        delegate?.close()
        throw error
    }
}

private fun refuseDouble(names: List<String>) {
    val name = names.groupBy { it }.values.find { it.size > 1 }?.first() ?: return
    throw SatchelException("model/unsupported-tensor", "several tensors have this name, so none can be told by it", name)
}

/**
 * Carries out [work], and says in an error of ours what the runtime threw.
 *
 * Its native libraries may be absent (LinkageError), and it asks for much memory at once.
 */
@Suppress("TooGenericExceptionCaught") // the runtime does not say what it throws
private inline fun <T> told(code: String = CANNOT_LOAD, what: String = "$RUNTIME does not load this model", work: () -> T): T = try {
    work()
} catch (error: SatchelException) {
    throw error
} catch (error: RuntimeException) {
    throw refusal(code, what, error.message.orEmpty())
} catch (error: LinkageError) {
    throw SatchelException(CANNOT_LOAD, "$RUNTIME's native library does not load here: ${firstSentence(error.message.orEmpty())}")
} catch (_: OutOfMemoryError) {
    throw SatchelException(code, "$what: there is not enough memory")
}

private fun refusal(code: String, what: String, text: String): SatchelException {
    val op = UNKNOWN_OP.find(text)?.groupValues?.drop(1)?.first { it.isNotEmpty() }?.let { if (it[0].isDigit()) "number $it" else it }
    return when {
        op != null -> {
            val hint = "Convert the model with built-in ops of an older version only."
            SatchelException("model/unsupported-op", "the model needs the op $op, which $RUNTIME does not have here", hint = hint)
        }
        NO_MODEL.containsMatchIn(text) -> SatchelException("model/not-a-model", "the bytes are not a whole .tflite")
        else -> SatchelException(code, "$what: ${firstSentence(text)}")
    }
}

private fun firstSentence(text: String): String =
    text.lineSequence().map { it.trim().substringBefore(". ").trimEnd('.') }.firstOrNull { it.isNotEmpty() } ?: "no reason given"
