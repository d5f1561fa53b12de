package dev.satchel.app.bundles

import android.content.Context
import android.os.storage.StorageManager
import dev.satchel.Bundle
import dev.satchel.BundleReader
import dev.satchel.SatchelException
import java.io.File
import java.io.FileInputStream
import java.io.IOException
import java.io.InputStream
import java.nio.channels.FileChannel
import java.security.MessageDigest

private const val SUFFIX = ".satchel"
private const val SOURCE = ".from"
private const val ID_DIGITS = 32
private val ID = Regex("[a-z]+-[0-9a-f]{$ID_DIGITS}")

/** Where a bundle came from. */
enum class Origin { SHIPPED, FILE, SERVER }

/**
 * A bundle on the shelf.
 *
 * @property id what it is known by from start to start; it holds nothing that a stranger chose.
 * @property name its own, or the name of its source where it is damaged.
 * @property digest null where it is damaged: opening it tells how.
 * @property bytes that it takes.
 * @property source the address it was fetched from, the file's name it was opened by; empty where that is not known.
 */
data class ShelfEntry(
    val id: String,
    val name: String,
    val origin: Origin,
    val digest: String?,
    val bytes: Long,
    val source: String = "",
)

/** A bundle within a file: [owner] keeps that open as long as it lives. */
class Part(val file: FileChannel, val start: Long, val size: Long, val owner: Any)

/** The bundles that the app brings along; they are read where they lie. */
interface Shipped {
    fun names(): List<String>

    /** @throws IOException it lies there in a form that cannot be read in place. */
    fun open(name: String): Part
}

/**
 * The bundles that this phone has: those that the app brings, those opened from files, those fetched from servers.
 *
 * Each is one file, named by a hash of where it came from (a file's by its digest): fetching an address again replaces what came
 * from it before. What replaces was wholly read and checked before. A bundle that is open while its file is replaced must be
 * opened anew. The functions may be called from any thread; all but [find] and [entries] may take long.
 */
class Shelf internal constructor(
    private val folder: File,
    private val shipped: Shipped,
    free: () -> Long,
    private val fetch: Fetch = Fetch(),
    private val intake: Intake = Intake(folder, free),
) {
    constructor(context: Context) : this(File(context.noBackupFilesDir, "bundles"), ShippedAssets(context), { allocatable(context) })

    private val own: Map<String, Part> by lazy {
        shipped.names().associateWith(shipped::open)
    }

    private val ready by lazy {
        intake.clear()
        files(SOURCE).filterNot { fileOf(it).isFile }.forEach { sourceFile(it).delete() }
    }

    /** Gives what is there: the app's own first, then by name. */
    @Synchronized
    fun entries(): List<ShelfEntry> {
        ready
        val others = files(SUFFIX).map { entry(it, sourceOf(it)) }
        return own.keys.map(::ownEntry) + others.sortedWith(compareBy(String.CASE_INSENSITIVE_ORDER, ShelfEntry::name).thenBy { it.id })
    }

    /** Gives the entry of an id; null where it is no longer there. */
    fun find(id: String): ShelfEntry? = entries().find { it.id == id }

    /**
     * Opens a bundle; files that it did not read yet are checked when it reads them.
     *
     * @throws SatchelException bundle/not-found, or as [Bundle.open].
     */
    fun open(entry: ShelfEntry): Bundle {
        own.keys.find { shippedId(it) == entry.id }?.let { return Bundle(ownReader(it, entry.digest)) }
        val file = fileOf(entry.id)
        if (!file.isFile) throw SatchelException("bundle/not-found", "it is no longer there", entry.name, "Fetch or open it again.")
        try {
            return Bundle.open(file, entry.digest)
        } catch (error: SatchelException) {
            throw error.called(entry.name, file)
        }
    }

    /**
     * Takes a bundle from a file of another app, whose stream is read to its end and left open.
     *
     * @param name the file's, for messages and the list; never a path.
     * @param stated the length that the other app tells, true or not.
     * @throws SatchelException what is wrong with the bundle, bundle/unreadable, env/disk-full.
     */
    fun addFile(name: String, stream: InputStream, stated: Long?): ShelfEntry {
        ready
        val file = intake.take(name, stream, stated) { fileOf(idOf(Origin.FILE, it.digest), name) }
        return entry(file.name.removeSuffix(SUFFIX), name)
    }

    /**
     * Fetches a bundle in place of the one that came from the same address.
     *
     * The address of a server without a path is that of its only bundle.
     *
     * @param onProgress is told the bytes that came, and how many there will be where the server says so.
     * @param cancelled is asked again and again, also from other threads.
     * @throws SatchelException server/... as [Fetch.get] and [offers], server/which-bundle where the server has several, what is wrong
     *   with the bundle, bundle/digest where it is another than the address wants, env/disk-full.
     */
    fun fetch(address: Address, onProgress: (Long, Long?) -> Unit, cancelled: () -> Boolean): ShelfEntry {
        ready
        val place = if (address.isServer) only(address, offers(address, cancelled)).address else address
        val id = idOf(Origin.SERVER, place.url)
        fetch.get(place, cancelled) { given ->
            val told: (Long) -> Unit = { onProgress(it, given.length) }
            intake.take(place.url, given.stream, given.length, place.digest, told) { fileOf(id, place.url) }
        }
        return entry(id, place.url)
    }

    /** Gives the bundles of a server, each with the digest that the server says it has. */
    fun offers(address: Address, cancelled: () -> Boolean): List<Offer> = offersOf(fetch, address, cancelled)

    /** Takes a bundle off the shelf; the app's own stay. */
    @Synchronized
    fun remove(entry: ShelfEntry) {
        if (entry.origin == Origin.SHIPPED) return
        fileOf(entry.id).delete()
        sourceFile(entry.id).delete()
    }

    private fun ownReader(name: String, digest: String? = null): BundleReader =
        own.getValue(name).run { BundleReader.open(file, start, size, name, digest) }

    private fun ownEntry(name: String): ShelfEntry = entry(shippedId(name), name, own.getValue(name).size) { ownReader(name) }

    private fun entry(id: String, source: String): ShelfEntry = fileOf(id).let { file ->
        entry(id, source, file.length()) { BundleReader.open(file) }
    }

    private fun entry(id: String, source: String, bytes: Long, open: () -> BundleReader): ShelfEntry {
        val reader = try {
            open()
        } catch (error: SatchelException) {
            null // What is wrong with it is told when it is opened.
        }
        return ShelfEntry(id, reader?.manifest?.name ?: source, originOf(id), reader?.digest, bytes, source)
    }

    /** Gives the ids of the files of a kind. */
    private fun files(suffix: String): List<String> =
        folder.list().orEmpty().filter { it.endsWith(suffix) }.map { it.removeSuffix(suffix) }.filter(ID::matches)

    private fun fileOf(id: String): File {
        if (!ID.matches(id)) throw SatchelException("bundle/not-found", "there is no such bundle", hint = "Choose another one.")
        return File(folder, id + SUFFIX)
    }

    /** Gives the file of a bundle, after what is told of its source was written beside. */
    private fun fileOf(id: String, source: String): File {
        try {
            sourceFile(id).writeText(source)
        } catch (error: IOException) {
            sourceFile(id).delete() // The list says less, and the bundle is whole.
        }
        return fileOf(id)
    }

    private fun sourceFile(id: String) = File(folder, id + SOURCE)

    private fun sourceOf(id: String): String = try {
        sourceFile(id).readText()
    } catch (error: IOException) {
        ""
    }

    private fun only(address: Address, offers: List<Offer>): Offer = offers.singleOrNull() ?: throw SatchelException(
        "server/which-bundle",
        "the server has ${offers.size} bundles",
        address.url,
        "Type the address of one: ${offers.joinToString { it.address.path }}.",
    )
}

/** The assets below bundles/, which the package holds as they are: [open] finds no compressed one. */
private class ShippedAssets(private val context: Context) : Shipped {
    override fun names(): List<String> = context.assets.list(ASSETS).orEmpty().filter { it.endsWith(SUFFIX) }.sorted()

    override fun open(name: String): Part {
        val asset = context.assets.openFd("$ASSETS/$name")
        return Part(FileInputStream(asset.fileDescriptor).channel, asset.startOffset, asset.length, asset)
    }

    companion object {
        private const val ASSETS = "bundles"
    }
}

/** Gives the bytes that the system would clear for this app, its caches included. */
private fun allocatable(context: Context): Long {
    val storage = context.getSystemService(StorageManager::class.java) ?: return context.noBackupFilesDir.usableSpace
    return try {
        storage.getAllocatableBytes(storage.getUuidForPath(context.noBackupFilesDir))
    } catch (error: IOException) {
        context.noBackupFilesDir.usableSpace
    }
}

private fun shippedId(name: String) = idOf(Origin.SHIPPED, name)

private fun originOf(id: String): Origin = Origin.entries.find { id.startsWith("${it.name.lowercase()}-") } ?: Origin.FILE

private fun idOf(origin: Origin, source: String): String {
    val hash = MessageDigest.getInstance("SHA-256").digest(source.toByteArray())
    return "${origin.name.lowercase()}-${hash.joinToString("") { "%02x".format(it) }.take(ID_DIGITS)}"
}
