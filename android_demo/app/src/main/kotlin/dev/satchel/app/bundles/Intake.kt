package dev.satchel.app.bundles

import dev.satchel.BundleReader
import dev.satchel.SatchelException
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING

private const val PART = ".part"
private const val CHUNK = 1 shl 16
private const val NO_SPACE = "No space left on device"

/**
 * Takes bundles into a folder, whole and checked or not at all.
 *
 * What comes is written beside, every hash of it is checked, and only then it is renamed over what was there. Whatever goes wrong
 * before leaves what was there as it was.
 *
 * @property free the bytes that may still be written.
 * @property limit bytes of the largest bundle that is taken.
 * @property create opens a new file for writing.
 */
internal class Intake(
    private val folder: File,
    private val free: () -> Long,
    private val limit: Long = BundleReader.MAX_STREAM,
    private val create: (File) -> FileOutputStream = ::FileOutputStream,
) {
    /** Removes what a process that was killed left half written. */
    fun clear() {
        folder.listFiles { file -> file.name.endsWith(PART) }.orEmpty().forEach(File::delete)
    }

    /**
     * Takes a bundle that is read as a stream; the stream is left open.
     *
     * @param name what the bundle is called in messages.
     * @param stated the length that its giver tells, which need not be true; null where none is told.
     * @param digest the digest that the bundle must have; null takes any.
     * @param onProgress is told the bytes that came.
     * @param place gives the file that it becomes, of what is in it.
     * @throws SatchelException bundle/... for what is wrong with it or too large, env/disk-full, env/cannot-write, or what the stream
     *   throws itself.
     */
    fun take(
        name: String,
        stream: InputStream,
        stated: Long?,
        digest: String? = null,
        onProgress: (Long) -> Unit = {},
        place: (BundleReader) -> File,
    ): File {
        if (stated != null && stated > limit) throw tooLarge(name, "$stated")
        if (stated != null && stated > free()) throw diskFull(name)
        val part = writing(name) {
            folder.mkdirs()
            File.createTempFile("take", PART, folder)
        }
        try {
            val count = write(part, name, stream, onProgress)
            val target = place(checked(part, name, count, stated, digest))
            writing(name) { Files.move(part.toPath(), target.toPath(), ATOMIC_MOVE, REPLACE_EXISTING) }
            return target
        } finally {
            part.delete()
        }
    }

    private fun write(part: File, name: String, stream: InputStream, onProgress: (Long) -> Unit): Long =
        writing(name) { create(part) }.use { file ->
            val chunk = ByteArray(CHUNK)
            var count = 0L
            while (true) {
                val found = reading(name, count) { stream.read(chunk) }
                if (found < 0) break
                count += found
                if (count > limit) throw tooLarge(name, "more")
                writing(name) { file.write(chunk, 0, found) }
                onProgress(count)
            }
            writing(name) { file.fd.sync() }
            count
        }

    /** Gives the bundle in a file, every byte of it checked. */
    private fun checked(part: File, name: String, count: Long, stated: Long?, digest: String?): BundleReader = try {
        BundleReader.open(part, digest).also { it.verify() }
    } catch (error: SatchelException) {
        throw if (stated != null && stated > count) brokenOff(name, count, stated) else error.called(name, part)
    }

    private fun tooLarge(name: String, found: String) =
        SatchelException("bundle/too-large", "expected at most $limit bytes, found $found", name)
}

/** Gives the same error with a bundle's name where it tells of a file of this app. */
internal fun SatchelException.called(name: String, file: File): SatchelException =
    SatchelException(code, detail.replace(file.path, name), where.replace(file.path, name), hint)

private inline fun <T> reading(name: String, count: Long, work: () -> T): T = try {
    work()
} catch (error: IOException) {
    val hint = "Try again, or copy the file to the phone first."
    throw SatchelException("bundle/unreadable", "it could not be read further than $count bytes (${error.message})", name, hint)
}

private inline fun <T> writing(name: String, work: () -> T): T = try {
    work()
} catch (error: IOException) {
    if (NO_SPACE in error.message.orEmpty()) throw diskFull(name)
    throw SatchelException("env/cannot-write", "the phone's storage takes nothing (${error.message})", name)
}

private fun brokenOff(name: String, count: Long, stated: Long): SatchelException {
    val hint = "Try again, or copy the file to the phone first."
    return SatchelException("bundle/unreadable", "expected $stated bytes, found only $count", name, hint)
}

private fun diskFull(name: String) =
    SatchelException("env/disk-full", "the phone's storage is full", name, "Free some space and try again; what was there is kept.")
