package dev.satchel.vectors

import dev.satchel.Photo
import dev.satchel.loads
import java.io.ByteArrayOutputStream
import java.io.File
import java.util.zip.Inflater
import java.util.zip.InflaterInputStream

private const val DEEPEST = 1000

/** What lies among the folders of vectors and is none: what writes them. */
private val NO_VECTORS = setOf("generators", "__pycache__")

/** A case, or a file of cases, as parsed JSON in which arrays are [Values]. */
typealias Json = Map<String, Any?>

/** Gives what Satchel makes of a case, in the form of its `expected`; or throws SatchelException. */
typealias Handler = (case: Json, file: Json) -> Any?

/**
 * The golden vectors of a folder, the one that every language reads: a folder an op, in it files of cases.
 *
 * @param root holds the folders.
 * @param handlers run the cases of each folder, by its name.
 * @param notRun folders whose cases are not run here, with the reason.
 */
class Vectors(
    private val root: File,
    private val handlers: Map<String, Handler> = HANDLERS,
    val notRun: Map<String, String> = NEEDS_A_DECODER,
) {
    /** The folders that hold vectors, sorted by name. */
    val ops: List<String>
        get() = root.listFiles { file -> file.isDirectory && file.name !in NO_VECTORS }.orEmpty().map { it.name }.sorted()

    /** Gives the folders that nobody runs, and the names of handlers for which there is no folder. */
    fun unmatched(): Set<String> = ops.toSet().let { there -> (handlers.keys + notRun.keys).let { (there - it) + (it - there) } }

    /** Gives the files of an op that is run here, sorted by name; none of another. */
    fun files(op: String): List<File> =
        if (op in handlers) File(root, op).listFiles { file -> file.extension == "json" }.orEmpty().sorted() else emptyList()

    /** Gives the cases of a file in their order. */
    @Suppress("UNCHECKED_CAST") // Every file of vectors is an object, and so is every case.
    fun cases(file: File): List<VectorCase> {
        val document = loads(file.readBytes(), file.path, DEEPEST) as Json
        val op = file.parentFile.name
        return (document["cases"] as List<*>).map { VectorCase(op, file.name, it as Json, document, root, handlers.getValue(op)) }
    }
}

/** One case of a file of vectors; its arrays are unpacked when it runs. */
class VectorCase internal constructor(
    val op: String,
    val file: String,
    private val packed: Json,
    private val document: Json,
    private val root: File,
    private val handler: Handler,
) {
    val id: String get() = packed["id"] as String

    val comment: String get() = packed["comment"] as String

    /** Gives why the case is not as it should be, in words; null where it is. */
    @Suppress("UNCHECKED_CAST") // It was an object before.
    fun complaint(): String? = try {
        complaint(handler, withStored(unpacked(packed) as Json, root), document)
    } catch (error: Exception) {
        "stopped: $error"
    } catch (error: LinkageError) {
        "stopped: $error"
    } catch (error: StackOverflowError) {
        "stopped: $error"
    }
}

/** Gives a case whose input is a photo in a `.z` file with the pixels in their place. */
private fun withStored(case: Json, root: File): Json {
    val place = (case["input"] as? Map<*, *>)?.takeIf { "file" in it } ?: return case
    val shape = sides(listOf(place["height"], place["width"], 3.0))
    return case + ("input" to Values.of(stored(File(root, place["file"] as String)), shape))
}

/** Gives what a `.z` file of the vectors holds. */
private fun stored(file: File): ByteArray {
    val out = ByteArrayOutputStream()
    InflaterInputStream(file.inputStream(), Inflater(true)).use { it.copyTo(out) }
    return out.toByteArray()
}

/** Gives the photo of the pixels of a case, uint8 [height, width, 3]. */
fun photo(given: Any?): Photo = (given as Values).let { Photo.fromPixels(it.bytes(), it.shape[1], it.shape[0]) }
