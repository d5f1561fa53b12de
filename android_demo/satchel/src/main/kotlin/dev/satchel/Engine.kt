package dev.satchel

/** What carries a model out: which runtime, its version, on how many threads, by which delegate. */
public data class EngineDescription(
    val runtime: String,
    val version: String,
    val threads: Int,
    val backend: String,
)

/**
 * A model that is loaded into a runtime: tensors in and out by their names in the artefact.
 *
 * An app writes it in a few lines around its interpreter. It is used by one thread at a time.
 */
public interface Engine : AutoCloseable {
    public val description: EngineDescription

    /** The names of the input tensors. */
    public val inputs: List<String>

    /** The names of the output tensors. */
    public val outputs: List<String>

    /**
     * Gives the output tensors of the input tensors; they may be the same memory at every run.
     *
     * @throws SatchelException model/run-failed or another error of the runtime.
     */
    public fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue>

    override fun close()
}
