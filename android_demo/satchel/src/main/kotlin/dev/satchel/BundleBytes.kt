package dev.satchel

import java.io.EOFException
import java.io.File
import java.io.InputStream
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.nio.channels.FileChannel

/** The bytes of a .satchel file, wherever they lie. */
internal interface BundleBytes {
    val size: Long

    /** Gives [work] a way to read [count] bytes from place [at] on; nothing is kept open in between. */
    fun <T> reading(work: (read: (at: Long, into: ByteArray, count: Int) -> Unit) -> T): T
}

/** A file on disk. */
internal class FileBytes(private val file: File) : BundleBytes {
    override val size: Long = file.length()

    override fun <T> reading(work: (read: (at: Long, into: ByteArray, count: Int) -> Unit) -> T): T =
        RandomAccessFile(file, "r").use { open ->
            work { at, into, count ->
                open.seek(at)
                open.readFully(into, 0, count)
            }
        }
}

/** A part of a file that its owner keeps open. */
internal class PartBytes(private val file: FileChannel, private val start: Long, override val size: Long) : BundleBytes {
    override fun <T> reading(work: (read: (at: Long, into: ByteArray, count: Int) -> Unit) -> T): T = work(::read)

    private fun read(at: Long, into: ByteArray, count: Int) {
        if (at + count > size) throw EOFException("the part ends at $size")
        val left = ByteBuffer.wrap(into, 0, count)
        while (left.hasRemaining()) {
            if (file.read(left, start + at + left.position()) < 0) throw EOFException("the file ends within the part")
        }
    }
}

/** Bytes in memory, in pieces as they came: they are never copied into one. */
internal class MemoryBytes(private val pieces: List<ByteArray>, override val size: Long) : BundleBytes {
    override fun <T> reading(work: (read: (at: Long, into: ByteArray, count: Int) -> Unit) -> T): T = work(::read)

    private fun read(at: Long, into: ByteArray, count: Int) {
        if (at + count > size) throw EOFException("the data ends at $size")
        var done = 0
        while (done < count) {
            val place = at + done
            val piece = pieces[(place / PIECE).toInt()]
            val start = (place % PIECE).toInt()
            val part = minOf(count - done, piece.size - start)
            System.arraycopy(piece, start, into, done, part)
            done += part
        }
    }

    companion object {
        private const val PIECE = 1 shl 16

        /**
         * Gives the bytes of a stream.
         *
         * @throws SatchelException bundle/too-large.
         */
        fun of(stream: InputStream, where: String, limit: Long): MemoryBytes {
            val pieces = ArrayList<ByteArray>()
            var size = 0L
            while (true) {
                val piece = ByteArray(PIECE)
                val count = filled(stream, piece)
                size += count
                if (size > limit) throw tooLarge(where, "more", limit)
                if (count > 0) pieces.add(if (count == PIECE) piece else piece.copyOf(count))
                if (count < PIECE) return MemoryBytes(pieces, size)
            }
        }

        private fun filled(stream: InputStream, piece: ByteArray): Int {
            var count = 0
            while (count < piece.size) {
                val found = stream.read(piece, count, piece.size - count)
                if (found < 0) break
                count += found
            }
            return count
        }
    }
}
