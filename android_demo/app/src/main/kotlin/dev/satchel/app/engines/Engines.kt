package dev.satchel.app.engines

import dev.satchel.Engine
import dev.satchel.SatchelException
import java.nio.ByteBuffer

/** What does the arithmetic of a model. */
enum class Delegate {
    CPU,
    NNAPI,
    GPU,
}

/**
 * By what a model is carried out.
 *
 * @property threads of the CPU, from 1; 0 for what is not the CPU.
 */
data class Candidate(val delegate: Delegate, val threads: Int)

/** Opens models by the candidates that a device has. */
interface Engines {
    /** Every candidate worth asking on this device, the simplest first, whether it is there or not. */
    fun candidates(): List<Candidate>

    /** Gives why a candidate cannot run on this device; null where it can. */
    fun absent(candidate: Candidate): String?

    /**
     * Gives a model that is ready to run.
     *
     * @param model the bytes of a .tflite in direct memory, which stay unchanged as long as the engine lives.
     * @throws SatchelException model/cannot-load, model/not-a-model, model/dynamic-shape or model/unsupported-tensor; the
     *   runtime's own exceptions never get out.
     */
    fun open(model: ByteBuffer, candidate: Candidate): Engine
}
