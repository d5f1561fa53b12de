package dev.satchel.tflite

import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.EngineDescription
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import org.bytedeco.javacpp.BytePointer
import org.bytedeco.javacpp.Pointer
import org.bytedeco.tensorflowlite.BuiltinOpResolver
import org.bytedeco.tensorflowlite.FlatBufferModel
import org.bytedeco.tensorflowlite.Interpreter
import org.bytedeco.tensorflowlite.InterpreterBuilder
import org.bytedeco.tensorflowlite.TfLiteTensor
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorByteSize
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorData
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorDim
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorName
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorNumDims
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorType
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteVersion
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteBool
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteFloat32
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteInt16
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteInt32
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteInt64
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteInt8
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteUInt8
import java.nio.ByteBuffer

private val DTYPES = mapOf(
    kTfLiteFloat32 to Dtype.FLOAT32,
    kTfLiteInt8 to Dtype.INT8,
    kTfLiteUInt8 to Dtype.UINT8,
    kTfLiteInt16 to Dtype.INT16,
    kTfLiteInt32 to Dtype.INT32,
    kTfLiteInt64 to Dtype.INT64,
    kTfLiteBool to Dtype.BOOL,
)

/**
 * TensorFlow Lite on a desktop JVM.
 *
 * Its C++ interface, because the resolver of that one applies XNNPACK, as LiteRT does in Python; that of the C interface
 * does not, and integer models then answer otherwise.
 *
 * @param model the bytes of a .tflite in direct memory; the runtime reads them where they lie as long as it lives.
 */
class TfLiteEngine(private val model: ByteBuffer, threads: Int = 2) : Engine {
    private val bytes = BytePointer(model)
    private val graph = FlatBufferModel.BuildFromBuffer(bytes, model.limit().toLong())
        ?: throw SatchelException("model/not-a-model", "${model.limit()} bytes are not a .tflite")
    private val resolver = BuiltinOpResolver()
    private val builder = InterpreterBuilder(graph, resolver)
    private val interpreter = Interpreter(null as Pointer?)

    init {
        val made = builder.apply(interpreter, threads) == kTfLiteOk && interpreter.AllocateTensors() == kTfLiteOk
        if (!made) throw SatchelException("model/cannot-load", "TensorFlow Lite does not load this model")
    }

    private val given = List(interpreter.inputs().limit().toInt()) { interpreter.input_tensor(it.toLong()) }.associateBy(::nameOf)
    private val found = List(interpreter.outputs().limit().toInt()) { interpreter.output_tensor(it.toLong()) }.associateBy(::nameOf)

    override val description: EngineDescription = EngineDescription("TensorFlow Lite", TfLiteVersion().string, threads, "XNNPACK")
    override val inputs: List<String> = given.keys.toList()
    override val outputs: List<String> = found.keys.toList()

    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
        for ((name, tensor) in given) {
            val value = tensors[name] ?: throw SatchelException("model/tensor-missing", "expected a value for this input, found none", name)
            val same = value.dtype == dtypeOf(tensor) && value.shape.contentEquals(shapeOf(tensor))
            if (!same) throw SatchelException("model/tensor-mismatch", "found ${value.dtype.word} ${value.shape.toList()}", name)
            memoryOf(tensor).put(value.data.duplicate())
        }
        if (interpreter.Invoke() != kTfLiteOk) throw SatchelException("model/run-failed", "the model stopped while it ran")
        return found.mapValues { (_, tensor) -> TensorValue(dtypeOf(tensor), shapeOf(tensor), memoryOf(tensor)) }
    }

    override fun close() {
        interpreter.close()
        builder.close()
        resolver.close()
        graph.close()
        bytes.close()
    }
}

private fun nameOf(tensor: TfLiteTensor): String = TfLiteTensorName(tensor).string

private fun dtypeOf(tensor: TfLiteTensor): Dtype = DTYPES.getValue(TfLiteTensorType(tensor))

private fun shapeOf(tensor: TfLiteTensor): IntArray = IntArray(TfLiteTensorNumDims(tensor)) { TfLiteTensorDim(tensor, it) }

private fun memoryOf(tensor: TfLiteTensor): ByteBuffer =
    BytePointer(TfLiteTensorData(tensor)).capacity(TfLiteTensorByteSize(tensor)).asByteBuffer()
