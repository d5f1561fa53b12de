package dev.satchel.app.engines

import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.TensorValue
import java.nio.ByteBuffer

/** How an engine of a test behaves. */
enum class Behaviour {
    RIGHT,
    SLOW,
    THROWS_AT_OPENING,
    HAS_NO_LIBRARY,
    THROWS_AT_RUNNING,
    THROWS_AT_CLOSING,
    GIVES_NAN,
    WRONG,
    WRONG_AFTER_THE_FIRST_RUN,
    HANGS,
    ABSENT,
}

private const val FAST = 2L
private const val SLOWLY = 8L

/**
 * Real engines that are led astray.
 *
 * @param behaviours what each candidate does, in order.
 */
class FakeEngines(private val behaviours: Map<Candidate, Behaviour>) : Engines {
    var opened = 0
        private set
    var closed = 0
        private set

    override fun candidates(): List<Candidate> = behaviours.keys.toList()

    override fun absent(candidate: Candidate): String? = "no such thing here".takeIf { behaviours[candidate] == Behaviour.ABSENT }

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        val behaviour = behaviours.getValue(candidate)
        check(behaviour != Behaviour.ABSENT) { "what is absent is not opened" }
        if (behaviour == Behaviour.HAS_NO_LIBRARY) throw UnsatisfiedLinkError("no delegate_jni in the library path")
        check(behaviour != Behaviour.THROWS_AT_OPENING) { "the delegate refuses the model" }
        opened++
        return FakeEngine(TestEngines.engines.open(model, Candidate(Delegate.CPU, 1)), behaviour)
    }

    private inner class FakeEngine(private val engine: Engine, private val behaviour: Behaviour) : Engine by engine {
        private var runs = 0

        override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
            runs++
            check(behaviour != Behaviour.THROWS_AT_RUNNING) { "the driver has gone" }
            while (behaviour == Behaviour.HANGS) Thread.sleep(SLOWLY)
            Thread.sleep(if (behaviour == Behaviour.SLOW) SLOWLY else FAST)
            val found = engine.run(tensors)
            val off = behaviour == Behaviour.WRONG || (behaviour == Behaviour.WRONG_AFTER_THE_FIRST_RUN && runs > 1)
            if (off) spoil(found.values.first(), 0.25f)
            if (behaviour == Behaviour.GIVES_NAN) spoil(found.values.first(), Float.NaN)
            return found
        }

        override fun close() {
            closed++
            engine.close()
            check(behaviour != Behaviour.THROWS_AT_CLOSING) { "the driver has gone" }
        }
    }
}

private fun spoil(value: TensorValue, by: Float) {
    val data = value.data
    if (value.dtype == Dtype.FLOAT32) data.putFloat(0, data.getFloat(0) + by) else data.put(0, (data.get(0) + 9).toByte())
}
