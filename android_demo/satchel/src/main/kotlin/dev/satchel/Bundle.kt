package dev.satchel

import java.io.File
import java.io.InputStream
import java.nio.ByteBuffer

/** Milliseconds of each stage; [total] also holds what lies between them. */
public data class Timings(val prepare: Double, val infer: Double, val read: Double, val total: Double)

/**
 * What the model says of a thing, and how long it took.
 *
 * @property prepared what went into the model, of a signal its first window: the next run fills the same memory anew.
 */
public class Run internal constructor(
    public val answer: Answer,
    public val timings: Timings,
    public val prepared: Prepared,
)

/**
 * A bundle that is open: an artefact is loaded into an engine, things are run through it, golden cases are checked.
 *
 * It is used by one thread at a time.
 *
 * @property reader the bundle's files.
 */
public class Bundle(public val reader: BundleReader) : AutoCloseable {
    private class Loaded(val artefact: String, val engine: Engine, val pipeline: Pipeline)

    private var loaded: Loaded? = null
    private var last: Prepared? = null

    public val spec: Spec get() = reader.spec

    public val digest: String get() = reader.digest

    /** The artefacts that a phone or another JVM can run, by their ids, `int8/tflite`. */
    public val artefacts: Map<String, Artefact>
        get() = reader.manifest.artefacts.filterValues { Runtime.TFLITE_ANDROID in it.runtimes }

    /** The id of the artefact that is loaded; null before [load]. */
    public val artefact: String? get() = loaded?.artefact

    /** What carries the loaded model out; null before [load]. */
    public val engine: EngineDescription? get() = loaded?.engine?.description

    /**
     * Loads an artefact in place of the one before.
     *
     * @param artefact its id, `int8/tflite`.
     * @param open makes an engine of the bytes of a .tflite, which lie in direct memory.
     * @throws SatchelException bundle/unknown-artefact, bundle/no-such-variant, model/tensor-not-found, or what the spec or
     *   the engine refuses; then nothing is loaded.
     */
    public fun load(artefact: String, open: (model: ByteBuffer) -> Engine) {
        close()
        if (Runtime.TFLITE_ANDROID !in reader.artefact(artefact).runtimes) {
            val hint = "It can run: ${artefacts.keys.joinToString().ifEmpty { "nothing of this bundle" }}."
            throw SatchelException("bundle/no-such-variant", "'$artefact' is for other runtimes", hint = hint)
        }
        val pipeline = Pipeline(spec, reader.labels, artefact)
        val engine = open(reader.model(artefact.substringBefore('/')))
        try {
            refuseMissing(spec, artefact, engine)
        } catch (error: SatchelException) {
            engine.close()
            throw error
        }
        loaded = Loaded(artefact, engine, pipeline)
    }

    /**
     * Gives what the model says of a thing.
     *
     * @throws SatchelException env/nothing-loaded, or what preparing, the engine and reading refuse.
     */
    public fun run(thing: Thing): Run {
        val pipeline = needLoaded().pipeline
        val started = System.nanoTime()
        val windows = windows(pipeline, thing)
        val prepared = System.nanoTime()
        val outputs = windows.map { WindowOutputs(it.start, infer(it.tensors, windows.size > 1)) }
        val inferred = System.nanoTime()
        val answer = pipeline.readWindows(outputs, windows.first().trace)
        val read = System.nanoTime()
        val timings = Timings(ms(prepared - started), ms(inferred - prepared), ms(read - inferred), ms(read - started))
        return Run(answer, timings, windows.first())
    }

    /**
     * Holds every file of the bundle and every golden case against what the bundle says, with the loaded artefact.
     *
     * @param runs how often each case runs, at least twice: a runtime that answers right once may not do so again.
     * @param verify whether every file is held against the manifest; false where that was done, and only the model is new.
     * @param onCase is told of each case as it is done.
     * @throws SatchelException env/nothing-loaded, or what is wrong with the bundle itself.
     */
    @JvmOverloads
    public fun check(runs: Int = 2, verify: Boolean = true, onCase: (CaseReport) -> Unit = {}): Report {
        if (verify) reader.verify()
        return checkGolden(this, maxOf(runs, 2), onCase)
    }

    /** Lets go of the engine. */
    override fun close() {
        loaded?.engine?.close()
        loaded = null
        last = null
    }

    internal fun pipeline(): Pipeline = needLoaded().pipeline

    /** Gives the model's raw outputs by the names of the spec; [copied] where the engine may use their memory again. */
    internal fun infer(tensors: Map<String, TensorValue>, copied: Boolean): Map<String, TensorValue> {
        val (engine, id) = needLoaded().let { it.engine to it.artefact }
        val found = engine.run(spec.inputs.associate { it.tensor.getValue(id).name to tensors.getValue(it.name) })
        return spec.outputs.associate { output ->
            val name = output.tensor.getValue(id).name
            val value = found[name] ?: throw SatchelException("model/missing-output", "the runtime gave no tensor '$name'", output.name)
            output.name to if (copied) TensorValue(value.dtype, value.shape, ByteBuffer.wrap(value.bytes())) else value
        }
    }

    /** Gives the tensors of every window; of what has none, in the memory of the run before. */
    private fun windows(pipeline: Pipeline, thing: Thing): List<Prepared> {
        if ("signal" in pipeline.kinds.values) return pipeline.windows(thing)
        return listOf(pipeline.prepareTraced(thing, last).also { last = it })
    }

    private fun needLoaded(): Loaded =
        loaded ?: throw SatchelException("env/nothing-loaded", "no artefact is loaded", hint = "Call load first.")

    public companion object {
        /**
         * Opens a bundle.
         *
         * @param path a folder that holds manifest.json, or a .satchel file.
         * @param digest the digest that the bundle must have; null takes any.
         * @throws SatchelException as [BundleReader.open].
         */
        @JvmOverloads
        @JvmStatic
        public fun open(path: File, digest: String? = null): Bundle = Bundle(BundleReader.open(path, digest))

        /** Opens a .satchel file that comes as a stream, and keeps its bytes in memory. */
        @JvmOverloads
        @JvmStatic
        public fun open(stream: InputStream, name: String, digest: String? = null): Bundle = Bundle(BundleReader.open(stream, name, digest))
    }
}

private fun ms(nanoseconds: Long): Double = nanoseconds / 1e6

/** Refuses a model that has no tensor of a name that the spec gives. */
private fun refuseMissing(spec: Spec, artefact: String, engine: Engine) {
    val wanted = spec.inputs.map { it.tensor.getValue(artefact).name to engine.inputs } +
        spec.outputs.map { it.tensor.getValue(artefact).name to engine.outputs }
    for ((name, there) in wanted) {
        if (name in there) continue
        val message = "the model has no tensor '${printable(name)}'; it has ${printable(there.joinToString())}"
        throw SatchelException("model/tensor-not-found", message, artefact)
    }
}
