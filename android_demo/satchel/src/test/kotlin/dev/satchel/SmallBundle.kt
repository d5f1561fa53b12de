package dev.satchel

import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** The files of a bundle by their paths. */
typealias Files = Map<String, ByteArray>

/** A place where a bundle may lie, and how it is opened there. */
enum class Place {
    FOLDER,
    FILE,
    STREAM,

    /** In the middle of another file. */
    PART,
    ;

    fun put(files: Files, under: File): File {
        val root = File(under, "small" + if (this == FOLDER) "" else ".satchel")
        if (this == PART) return root.also { it.writeBytes(AROUND + zipOf(files) + AROUND) }
        if (this != FOLDER) return root.also { it.writeBytes(zipOf(files)) }
        for ((path, bytes) in files) File(root, path).also { it.parentFile.mkdirs() }.writeBytes(bytes)
        return root
    }

    fun open(root: File, digest: String? = null): BundleReader = when (this) {
        STREAM -> root.inputStream().use { BundleReader.open(it, "small", digest) }
        PART -> BundleReader.open(root.inputStream().channel, 1000, root.length() - 2000, "small", digest)
        FOLDER, FILE -> BundleReader.open(root, digest)
    }

    private companion object {
        val AROUND = ByteArray(1000) { 80 }
    }
}

/** Three photos of one colour each; the model gives the mean of each channel, and the answer is that. */
object SmallBundle {
    val COLOURS: List<List<Int>> = listOf(listOf(10, 20, 30), listOf(0, 0, 0), listOf(255, 128, 1))
    const val ARTEFACT: String = "float32/tflite"
    private val MODEL = "not a model, and nobody runs it".toByteArray()

    /** Gives the files of the bundle; [changed] may put others in their place before the manifest lists them. */
    fun files(compressed: Boolean = false, changed: (MutableMap<String, ByteArray>) -> Unit = {}): Files {
        val files = sortedMapOf<String, ByteArray>()
        files["spec.json"] = json(spec())
        files["labels/colours.txt"] = "red\ngreen\nblue\n".toByteArray()
        files["golden/golden.json"] = json(golden())
        COLOURS.forEachIndexed { place, colour -> files["golden/case$place.rgb.z"] = deflated(pixels(colour)) }
        files["variants/float32/model.tflite" + if (compressed) ".z" else ""] = if (compressed) deflated(MODEL) else MODEL
        changed(files)
        files["manifest.json"] = json(manifest(files, compressed))
        return files
    }

    fun spec(): Map<String, Any?> = mapOf(
        "satchel" to "1.0",
        "name" to "small",
        "task" to "generic",
        "labels" to mapOf("colours" to "labels/colours.txt"),
        "inputs" to listOf(
            mapOf(
                "name" to "image",
                "steps" to listOf(
                    mapOf("op" to "decode"),
                    mapOf("op" to "resize", "method" to "pillow.box", "fit" to "stretch", "width" to 2, "height" to 2),
                ),
                "tensor" to mapOf(ARTEFACT to tensor("in", listOf(1, 2, 2, 3))),
            ),
        ),
        "outputs" to
            listOf(mapOf("name" to "means", "steps" to emptyList<Any>(), "tensor" to mapOf(ARTEFACT to tensor("out", listOf(1, 3))))),
    )

    private fun tensor(name: String, shape: List<Int>) = mapOf("name" to name, "index" to 0, "shape" to shape, "dtype" to "float32")

    fun golden(): Map<String, Any?> = mapOf(
        "satchel" to "1.0",
        "bounds" to mapOf(ARTEFACT to 0),
        "cases" to COLOURS.mapIndexed { place, colour ->
            val picture = mapOf("file" to "golden/case$place.rgb.z", "width" to 4, "height" to 3, "sha256" to sha256(pixels(colour)))
            mapOf("id" to "case$place", "input" to mapOf("image" to picture), "artefacts" to mapOf(ARTEFACT to expected(colour)))
        },
    )

    private fun expected(colour: List<Int>) = mapOf(
        "prepared" to
            mapOf(
                "image" to
                    mapOf("sha256" to sha256(floats(colour + colour + colour + colour)), "min" to colour.min(), "max" to colour.max()),
            ),
        "outputs" to mapOf(
            "means" to mapOf("dtype" to "float32", "shape" to listOf(1, 3), "data" to Base64.getEncoder().encodeToString(floats(colour))),
        ),
        "answer" to mapOf("values" to colour),
    )

    private fun manifest(files: Files, compressed: Boolean) = mapOf(
        "satchel" to "1.0",
        "name" to "small",
        "version" to "1.0.0",
        "files" to
            files.map { (path, bytes) -> mapOf("path" to path, "role" to roleOf(path), "bytes" to bytes.size, "sha256" to sha256(bytes)) },
        "variants" to
            listOf(mapOf("name" to "float32", "recipe" to emptyList<Any>(), "artefacts" to mapOf("tflite" to artefact(files, compressed)))),
        "provenance" to mapOf(
            "source_sha256" to sha256(MODEL),
            "source_format" to "none",
            "versions" to emptyMap<String, String>(),
            "options" to emptyMap<String, Any>(),
        ),
    )

    private fun artefact(files: Files, compressed: Boolean): Map<String, Any?> {
        val file = "variants/float32/model.tflite" + if (compressed) ".z" else ""
        val stored = files[file] ?: MODEL
        return mapOf(
            "file" to file,
            "bytes" to if (compressed) MODEL.size else stored.size,
            "sha256" to sha256(if (compressed) MODEL else stored),
            "stored_bytes" to stored.size,
            "ops" to emptyList<String>(),
            "runtimes" to listOf("tflite-android"),
        )
    }

    private fun roleOf(path: String) = when (path.substringBefore('/')) {
        "spec.json" -> "spec"
        "golden" -> "golden"
        "variants" -> "model"
        else -> "labels"
    }

    fun pixels(colour: List<Int>): ByteArray = ByteArray(4 * 3 * 3) { colour[it % 3].toByte() }

    private fun floats(values: List<Int>): ByteArray = ByteBuffer.allocate(4 * values.size).order(ByteOrder.LITTLE_ENDIAN).also { bytes ->
        values.forEach { bytes.putFloat(it.toFloat()) }
    }.array()
}

/** A model of which every run gives the mean of each channel. */
class MeanEngine(private val wrong: (run: Int, means: FloatArray) -> Unit = { _, _ -> }) : Engine {
    override val description: EngineDescription = EngineDescription("test", "1", 1, "jvm")
    override val inputs: List<String> = listOf("in")
    override val outputs: List<String> = listOf("out")
    var closed: Boolean = false
    private var runs = 0

    override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
        val given = tensors.getValue("in").data.asFloatBuffer()
        val means = FloatArray(3) { c -> (0 until 4).map { given.get(3 * it + c) }.sum() / 4 }
        wrong(runs++, means)
        return mapOf("out" to TensorValue.of(means, 1, 3))
    }

    override fun close() {
        closed = true
    }
}

fun json(value: Any?): ByteArray = dumps(value).toByteArray()

fun deflated(raw: ByteArray): ByteArray {
    val out = ByteArrayOutputStream()
    DeflaterOutputStream(out, Deflater(9, true)).use { it.write(raw) }
    return out.toByteArray()
}

/** Before 1980, a zip needs another field for it. */
private const val Y2000 = 946_684_800_000L

/** Gives a zip of stored entries, in the order of the map. */
fun zipOf(files: Files): ByteArray {
    val out = ByteArrayOutputStream()
    ZipOutputStream(out).use { zip ->
        for ((path, bytes) in files) {
            val entry = ZipEntry(path)
            entry.method = ZipEntry.STORED
            entry.size = bytes.size.toLong()
            entry.compressedSize = bytes.size.toLong()
            entry.crc = CRC32().also { it.update(bytes) }.value
            entry.time = Y2000
            zip.putNextEntry(entry)
            zip.write(bytes)
            zip.closeEntry()
        }
    }
    return out.toByteArray()
}

/** Gives the code of the error that something throws. */
fun codeOf(work: () -> Unit): String = try {
    work()
    "none"
} catch (error: SatchelException) {
    error.code
}
