package dev.satchel.app.engines

import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.EngineDescription
import dev.satchel.TensorValue
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.TensorFlowLite
import java.nio.ByteBuffer
import java.nio.ByteOrder

class TfLiteEngine(model: ByteBuffer) : Engine {
    private val interpreter = Interpreter(model.order(ByteOrder.nativeOrder()))
    private val results = List(interpreter.outputTensorCount, interpreter::getOutputTensor).associate { tensor ->
        tensor.name() to TensorValue.allocate(Dtype.valueOf(tensor.dataType().name), tensor.shape())
    }
    override val description = EngineDescription("TensorFlow Lite", TensorFlowLite.runtimeVersion(), 1, "XNNPACK")
    override val inputs = List(interpreter.inputTensorCount) { interpreter.getInputTensor(it).name() }
    override val outputs = results.keys.toList()

    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
        val given = Array<Any>(inputs.size) { tensors.getValue(inputs[it]).data }
        interpreter.runForMultipleInputsOutputs(given, outputs.indices.associateWith { results.getValue(outputs[it]).data.duplicate() })
        return results
    }

    override fun close() = interpreter.close()
}
