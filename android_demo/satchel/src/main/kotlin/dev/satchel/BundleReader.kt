package dev.satchel

import java.io.File
import java.io.InputStream
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.security.MessageDigest
import java.util.concurrent.ExecutionException
import java.util.concurrent.FutureTask

/** Bytes of the longest spec.json, golden.json or label file that is read. */
private const val MAX_DOCUMENT = 64L shl 20

/**
 * An open bundle, a folder or a .satchel file: it gives nothing that was not checked.
 *
 * Opening reads the names and lengths of all files and the manifest; every other file is read, and its hash checked, when
 * it is asked for. Nothing is kept open in between.
 *
 * @property digest SHA-256 of the manifest, 64 small hexadecimal digits: whose bundle it is.
 */
public class BundleReader private constructor(private val store: Store, digest: String?) {
    private val opened = openListing(store, digest)
    private val files: Map<String, BundleFile> = opened.second.files.associateBy { it.path }

    /** What the bundle holds. */
    public val manifest: Manifest = opened.second

    public val digest: String = sha256(opened.first)

    /** The spec, with a tensor for every artefact of the manifest and no other. */
    public val spec: Spec by lazy { parseSpec(document(SPEC, Role.SPEC)).also { checkTensors(it, manifest) } }

    /** The label lists by name, each in the order of its output's classes. */
    public val labels: Map<String, List<String>> by lazy {
        spec.labels.mapValues { (_, path) -> parseLabels(document(path, Role.LABELS), path) }
    }

    /** The golden cases: of exactly the manifest's artefacts and of all the spec's inputs and outputs. */
    internal val golden: Golden by lazy {
        parseGolden(document(GOLDEN, Role.GOLDEN)).also { checkGoldenNames(it, spec, manifest.artefacts.keys) }
    }

    /**
     * Gives the record of an artefact, `float32/tflite`.
     *
     * @throws SatchelException bundle/unknown-artefact.
     */
    public fun artefact(id: String): Artefact = manifest.artefacts[id] ?: throw SatchelException(
        "bundle/unknown-artefact",
        "there is no '${printable(id)}' in this bundle",
        store.where,
        "It holds: ${manifest.artefacts.keys.joinToString()}.",
    )

    /** Gives the .tflite of a variant in direct memory, inflated where it is stored compressed, both hashes checked. */
    public fun model(variant: String): ByteBuffer {
        val artefact = artefact("$variant/tflite")
        if (!compressed(artefact.file)) return direct(artefact.file)
        val unpacked = if (artefact.file.endsWith(CODED)) ::decoded else ::inflate
        val raw = unpacked(read(artefact.file), artefact.bytes, whereIs(artefact.file))
        checkHash(sha256(raw), artefact.sha256, "${artefact.file} inflated")
        return ByteBuffer.allocateDirect(raw.size).also {
            it.put(raw)
            it.rewind()
        }
    }

    /**
     * Gives a file that the manifest lists, or the manifest itself; length and hash are checked.
     *
     * @throws SatchelException bundle/unknown-path, bundle/wrong-length, bundle/changed-file or bundle/unreadable.
     */
    public fun read(path: String): ByteArray {
        if (path == MANIFEST) return opened.first.copyOf()
        val found = ByteArray(lengthOf(path))
        stream(path) { bytes, count, at -> System.arraycopy(bytes, 0, found, at, count) }
        return found
    }

    /**
     * Checks length and hash of every file, every compressed model, spec, labels and golden inputs.
     *
     * @throws SatchelException the first thing that is wrong.
     */
    public fun verify() {
        // To inflate the golden inputs takes about as long as to hash all files: both are done at once.
        val inflated = FutureTask { golden.cases.forEach { goldenInput(it) } }
        Thread(inflated, "satchel-verify").start()
        val others = runCatching { verifyFiles() }
        val inputs = runCatching { finished(inflated) }
        others.getOrThrow()
        inputs.getOrThrow()
    }

    private fun verifyFiles() {
        for (file in manifest.files) stream(file.path) { _, _, _ -> }
        for (variant in manifest.variants) {
            if (variant.artefacts["tflite"]?.file?.let(::compressed) == true) model(variant.name)
        }
        for (id in manifest.artefacts.keys) checkAgainstTensors(spec, id, labels)
    }

    /** Gives the model card, which no hash covers; empty when there is none. */
    public fun card(): String = if (CARD in store.sizes) String(whole(store, CARD, MAX_OUTSIDE)) else ""

    /** Gives what a golden case is made of, by input name. */
    internal fun goldenInput(case: GoldenCase): Map<String, Thing> = case.input.mapValues { (_, each) ->
        goldenThing(each) { path -> read(listed(path, Role.GOLDEN).path) }
    }

    private fun direct(path: String): ByteBuffer {
        val found = ByteBuffer.allocateDirect(lengthOf(path))
        stream(path) { bytes, count, _ -> found.put(bytes, 0, count) }
        found.rewind()
        return found
    }

    private fun lengthOf(path: String): Int {
        val file = files[path] ?: throw SatchelException("bundle/unknown-path", "the manifest lists no '${printable(path)}'", store.where)
        if (file.bytes > Int.MAX_VALUE - 8) throw tooLarge(whereIs(path), "${file.bytes}", Int.MAX_VALUE - 8L)
        return file.bytes.toInt()
    }

    /** Gives a file's bytes in turn, never more than are stated; throws at the end when length or hash differ. */
    private fun stream(path: String, take: (bytes: ByteArray, count: Int, at: Int) -> Unit) {
        val file = files.getValue(path)
        val hash: MessageDigest = hasher()
        var length = 0L
        store.chunks(path, file.bytes) { bytes, count ->
            if (length + count > file.bytes) throw wrongLength(whereIs(path), file.bytes, "more")
            hash.update(bytes, 0, count)
            take(bytes, count, length.toInt())
            length += count
        }
        if (length != file.bytes) throw wrongLength(whereIs(path), file.bytes, "$length")
        checkHash(hash.hex(), file.sha256, path)
    }

    private fun document(path: String, role: Role): ByteArray {
        val size = listed(path, role).bytes
        if (size > MAX_DOCUMENT) throw tooLarge(whereIs(path), "$size", MAX_DOCUMENT)
        return read(path)
    }

    private fun listed(path: String, role: Role): BundleFile = files[path]?.takeIf { it.role == role } ?: throw SatchelException(
        "bundle/missing-file",
        "the manifest lists no ${role.word} file '${printable(path)}'",
        store.where,
    )

    private fun checkHash(found: String, expected: String, path: String) {
        if (found == expected) return
        val hint = "The file was changed or damaged after packing; get the bundle again."
        throw SatchelException("bundle/changed-file", "expected the SHA-256 $expected, found $found", whereIs(path), hint)
    }

    private fun whereIs(path: String) = "${store.where}: ${printable(path)}"

    public companion object {
        /** The longest stream that [open] keeps in memory unless it is told otherwise. */
        public const val MAX_STREAM: Long = 512L shl 20

        /**
         * Opens a bundle.
         *
         * @param path a folder that holds manifest.json, or a .satchel file.
         * @param digest the digest that the bundle must have; null takes any.
         * @throws SatchelException what is damaged or hostile; SPEC.md lists the codes. spec/newer-version comes before
         *   every other check.
         */
        @JvmOverloads
        @JvmStatic
        public fun open(path: File, digest: String? = null): BundleReader {
            val where = printable(path.path)
            if (!Files.exists(path.toPath())) throw SatchelException("bundle/not-found", "there is no such file or folder", where)
            if (path.isDirectory) return BundleReader(FolderStore(path), digest)
            if (!path.isFile) throw notABundle(where, "a device, pipe or socket")
            return BundleReader(ZipStore(FileBytes(path), where), digest)
        }

        /**
         * Opens a .satchel file that comes as a stream, and keeps its bytes in memory. The stream is read to its end.
         *
         * @param name what the bundle is called in messages.
         * @param limit bytes of the longest stream that is read (bundle/too-large).
         */
        @JvmOverloads
        @JvmStatic
        public fun open(stream: InputStream, name: String, digest: String? = null, limit: Long = MAX_STREAM): BundleReader {
            val where = printable(name)
            return BundleReader(ZipStore(readable(where) { MemoryBytes.of(stream, where, limit) }, where), digest)
        }

        /**
         * Opens a .satchel file that is a part of another file, as an asset of an Android package is. Nothing of it is copied.
         *
         * @param file open for reading, as long as the bundle is used.
         * @param start where the part begins in it, [size] where it ends from there.
         * @param name what the bundle is called in messages.
         */
        @JvmOverloads
        @JvmStatic
        public fun open(file: FileChannel, start: Long, size: Long, name: String, digest: String? = null): BundleReader {
            val where = printable(name)
            return BundleReader(ZipStore(PartBytes(file, start, size), where), digest)
        }
    }
}

/** Waits for a task to its end; an interruption is left for whoever can heed it. */
private fun finished(task: FutureTask<*>) {
    var interrupted = false
    while (true) {
        try {
            task.get()
            break
        } catch (_: InterruptedException) {
            interrupted = true
        } catch (error: ExecutionException) {
            throw error.cause!!
        } finally {
            if (interrupted && task.isDone) Thread.currentThread().interrupt()
        }
    }
}
