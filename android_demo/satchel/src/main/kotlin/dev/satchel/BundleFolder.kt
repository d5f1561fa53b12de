package dev.satchel

import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.SeekableByteChannel
import java.nio.file.Files
import java.nio.file.LinkOption
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.nio.file.attribute.BasicFileAttributes

private const val CHUNK = 1 shl 16

/** A bundle that is a folder: what is in it, without following a link. */
internal class FolderStore(root: File) : Store {
    private val folder: Path = root.toPath()

    override val where: String = printable(root.path)

    override val sizes: MutableMap<String, Long> = LinkedHashMap()

    override fun manifest(): ByteArray {
        if (!Files.exists(folder.resolve(MANIFEST), LinkOption.NOFOLLOW_LINKS)) throw notABundle(where, "a folder without $MANIFEST")
        return whole(this, MANIFEST, MAX_MANIFEST)
    }

    override fun chunks(path: String, limit: Long, take: (bytes: ByteArray, count: Int) -> Unit) {
        val place = "$where: ${printable(path)}"
        readable(place) {
            checkPlain(folder.resolve(path), place)
            Files.newByteChannel(folder.resolve(path), setOf(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)).use {
                pour(it, limit, take)
            }
        }
    }

    override fun list() {
        var seen = 0
        val folders = arrayListOf("")
        while (folders.isNotEmpty()) {
            val prefix = folders.removeAt(folders.size - 1)
            for (name in namesIn(prefix)) {
                if (++seen > MAX_FILES) throw SatchelException("bundle/too-many-files", "expected at most $MAX_FILES files", where)
                val path = prefix + name
                val entry = folder.resolve(path)
                val kind = readable("$where: ${printable(path)}") { attributes(entry) }
                if (kind.isDirectory) folders.add("$path/") else sizes[path] = checkPlain(entry, "$where: ${printable(path)}")
            }
        }
    }

    private fun namesIn(prefix: String): List<String> = readable("$where: ${printable(prefix)}") {
        Files.newDirectoryStream(folder.resolve(prefix)).use { found ->
            found.asSequence().take(MAX_FILES + 1).map { it.fileName.toString() }.toList()
        }
    }
}

/** Gives a whole file of at most [limit] bytes. */
internal fun whole(store: Store, path: String, limit: Long): ByteArray {
    val parts = ArrayList<ByteArray>()
    var size = 0L
    store.chunks(path, limit) { bytes, count ->
        parts.add(bytes.copyOf(count))
        size += count
    }
    if (size > limit) throw tooLarge("${store.where}: $path", "more", limit)
    val found = ByteArray(size.toInt())
    parts.fold(0) { at, part -> at + part.size.also { System.arraycopy(part, 0, found, at, it) } }
    return found
}

private fun pour(file: SeekableByteChannel, limit: Long, take: (bytes: ByteArray, count: Int) -> Unit) {
    val chunk = ByteArray(minOf(CHUNK.toLong(), limit + 1).toInt())
    var left = limit + 1
    while (left > 0) {
        val count = file.read(ByteBuffer.wrap(chunk, 0, minOf(left, chunk.size.toLong()).toInt()))
        if (count <= 0) return
        left -= count
        take(chunk, count)
    }
}

private fun attributes(entry: Path): BasicFileAttributes =
    Files.readAttributes(entry, BasicFileAttributes::class.java, LinkOption.NOFOLLOW_LINKS)

/** Gives the length of a plain file; refuses a link, a device or a pipe. */
private fun checkPlain(entry: Path, where: String): Long {
    val found = attributes(entry)
    if (found.isSymbolicLink || (found.isRegularFile && links(entry) > 1)) {
        val hint = "Copy the file itself into the folder."
        throw SatchelException("bundle/link", "expected a file of the bundle's own, found a link", where, hint)
    }
    if (!found.isRegularFile) throw SatchelException("bundle/not-a-file", "expected a plain file, found a folder, device or pipe", where)
    return found.size()
}

/** Gives how many names a file has; 1 on systems that do not tell. */
private fun links(entry: Path): Int = try {
    (Files.getAttribute(entry, "unix:nlink", LinkOption.NOFOLLOW_LINKS) as Number).toInt()
} catch (_: UnsupportedOperationException) {
    1
} catch (_: IllegalArgumentException) {
    1
}

/** Gives what [read] gives; when the system does not give the file, says so. */
internal fun <T> readable(where: String, read: () -> T): T = try {
    read()
} catch (error: IOException) {
    throw SatchelException("bundle/unreadable", "cannot be read (${printable(error.message ?: error.javaClass.simpleName)})", where)
} catch (error: SecurityException) {
    throw SatchelException("bundle/unreadable", "may not be read (${printable(error.message.orEmpty())})", where)
}
