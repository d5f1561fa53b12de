package dev.satchel

import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.charset.CharacterCodingException

private const val END_SIZE = 22
private const val CENTRAL_SIZE = 46
private const val LOCAL_SIZE = 30
private const val END_MARK = 0x06054b50
private const val CENTRAL_MARK = 0x02014b50
private const val LOCAL_MARK = 0x04034b50
private const val MAX_DIRECTORY = 8L shl 20
private const val ENCRYPTED = 1 or 64
private const val UTF8 = 0x800
private val FORBIDDEN_EXTRAS = setOf(0x0001, 0x7075)
private const val UNIX = 3
private const val KIND_OF_FILE = 0xF000
private const val LINK = 0xA000
private const val REGULAR = 0x8000
private const val CHUNK = 1 shl 16

/** Gives [count] bytes of the file from a place on. */
private typealias Part = (at: Long, count: Int) -> ByteBuffer

/** What the central directory says of one file. */
private class Entry(val name: String, val rawName: ByteBuffer, val flags: Int, val crc: Int, val size: Long, val header: Long)

/** A .satchel file: a zip of stored entries in which every byte is accounted for. */
internal class ZipStore(private val file: BundleBytes, override val where: String) : Store {
    private val places = HashMap<String, Long>()

    override val sizes: MutableMap<String, Long> = LinkedHashMap()

    init {
        readable(where) {
            file.reading { read ->
                val part: Part = { at, count ->
                    ByteBuffer.wrap(ByteArray(count).also { read(at, it, count) }).order(ByteOrder.LITTLE_ENDIAN)
                }
                open(part)
            }
        }
    }

    override fun manifest(): ByteArray {
        if (MANIFEST !in sizes) throw notABundle(where, "no $MANIFEST in it")
        return whole(this, MANIFEST, MAX_MANIFEST)
    }

    override fun list(): Unit = Unit // All records were read before the manifest.

    override fun chunks(path: String, limit: Long, take: (bytes: ByteArray, count: Int) -> Unit) {
        val size = minOf(sizes.getValue(path), limit + 1)
        val start = places.getValue(path)
        val chunk = ByteArray(minOf(size, CHUNK.toLong()).toInt())
        readable("$where: ${printable(path)}") {
            file.reading { read ->
                var done = 0L
                while (done < size) {
                    val count = minOf(size - done, chunk.size.toLong()).toInt()
                    read(start + done, chunk, count)
                    take(chunk, count)
                    done += count
                }
            }
        }
    }

    private fun open(part: Part) {
        val mark = if (file.size < END_SIZE) 0 else part(0, 4).getInt(0)
        if (mark != LOCAL_MARK && mark != END_MARK) throw notABundle(where, "something else")
        val end = part(file.size - END_SIZE, END_SIZE)
        val start = directory(end)
        val entries = entriesOf(part(start, (file.size - END_SIZE - start).toInt()), end.unsigned(10))
        var next = 0L
        for (entry in entries.sortedBy { it.header }) {
            if (entry.header != next) throw form("there is something between its entries, or one lies inside another")
            val data = checkLocal(part, entry, start)
            if (sizes.put(entry.name, entry.size) != null) {
                throw SatchelException("bundle/duplicate-name", "'${printable(entry.name)}' stands in it twice", where)
            }
            places[entry.name] = data
            next = data + entry.size
        }
        if (next != start) throw form("there is something between the last entry and the central directory")
    }

    /** Gives the place of the central directory. */
    private fun directory(end: ByteBuffer): Long {
        val disks = end.unsigned(4) + end.unsigned(6)
        val count = end.unsigned(10)
        if (end.getInt(0) != END_MARK || end.unsigned(20) != 0 || disks != 0 || end.unsigned(8) != count) {
            throw form("it does not end with the plain end record of a zip")
        }
        if (count > MAX_FILES) throw SatchelException("bundle/too-many-files", "expected at most $MAX_FILES files, found $count", where)
        val size = end.long(12)
        val start = end.long(16)
        if (size > MAX_DIRECTORY || start + size != file.size - END_SIZE) throw form("its central directory is too long or elsewhere")
        return start
    }

    private fun entriesOf(directory: ByteBuffer, count: Int): List<Entry> {
        var at = 0
        val found = List(count) {
            val marked = at + CENTRAL_SIZE <= directory.limit() && directory.getInt(at) == CENTRAL_MARK
            if (!marked) throw form("its central directory is damaged")
            val nameLength = directory.unsigned(at + 28)
            val extraLength = directory.unsigned(at + 30)
            val size = CENTRAL_SIZE + nameLength + extraLength
            if (at + size > directory.limit() || directory.unsigned(at + 32) != 0) throw form("an entry has a comment, or is damaged")
            entryAt(slice(directory, at, size), nameLength).also { at += size }
        }
        if (at != directory.limit()) throw form("its central directory is longer than its entries")
        return found
    }

    private fun entryAt(record: ByteBuffer, nameLength: Int): Entry {
        val flags = record.unsigned(8)
        val rawName = slice(record, CENTRAL_SIZE, nameLength)
        val name = nameOf(rawName, flags)
        val place = "$where: ${printable(name)}"
        if (flags and ENCRYPTED != 0) throw SatchelException("bundle/encrypted", "the entry is encrypted", place)
        if (record.unsigned(10) != 0) throw SatchelException("bundle/compressed-entry", "expected it stored, found it compressed", place)
        refuseOtherKinds(record, name, place)
        val size = record.long(24)
        val plain = record.long(20) == size && record.unsigned(34) == 0 && flags and UTF8.inv() == 0
        if (!plain) throw form("an entry has two sizes, a disk or flags", place)
        val extra = slice(record, CENTRAL_SIZE + nameLength, record.limit() - CENTRAL_SIZE - nameLength)
        if (forbidden(extra)) throw form("an entry has an extra field that may not be", place)
        return Entry(name, rawName, flags, record.getInt(16), size, record.long(42))
    }

    private fun refuseOtherKinds(record: ByteBuffer, name: String, place: String) {
        val kind = if (record.unsigned(4) shr 8 == UNIX) record.unsigned(40) and KIND_OF_FILE else 0
        if (kind == LINK) throw SatchelException("bundle/link", "expected a file, found a link", place)
        if ((kind != 0 && kind != REGULAR) || name.endsWith("/")) {
            throw SatchelException("bundle/not-a-file", "expected a plain file, found a folder, device or pipe", place)
        }
    }

    private fun nameOf(raw: ByteBuffer, flags: Int): String {
        val charset = if (flags and UTF8 != 0) Charsets.UTF_8 else Charsets.US_ASCII
        return try {
            charset.newDecoder().decode(raw.duplicate()).toString()
        } catch (_: CharacterCodingException) {
            throw SatchelException("bundle/unsafe-name", "a name is not UTF-8, or not marked as such", where)
        }
    }

    /** Gives the place of an entry's bytes; its own header must say what the central directory says. */
    private fun checkLocal(part: Part, entry: Entry, end: Long): Long {
        val place = "$where: ${printable(entry.name)}"
        val header = if (entry.header + LOCAL_SIZE > end) null else part(entry.header, LOCAL_SIZE)
        if (header == null || !agrees(header, entry)) throw form("an entry and the central directory disagree", place)
        val extraLength = header.unsigned(28)
        val names = entry.rawName.limit()
        val data = entry.header + LOCAL_SIZE + names + extraLength
        if (data + entry.size > end) throw form("an entry reaches beyond the file", place)
        val rest = part(entry.header + LOCAL_SIZE, names + extraLength)
        if (slice(rest, 0, names) != entry.rawName) throw form("an entry has two names", place)
        if (forbidden(slice(rest, names, extraLength))) throw form("an entry has an extra field that may not be", place)
        return data
    }

    private fun agrees(header: ByteBuffer, entry: Entry): Boolean = header.getInt(0) == LOCAL_MARK &&
        header.unsigned(6) == entry.flags && header.unsigned(8) == 0 && header.getInt(14) == entry.crc &&
        header.long(18) == entry.size && header.long(22) == entry.size && header.unsigned(26) == entry.rawName.limit()

    private fun form(message: String, place: String = where) = SatchelException("bundle/zip-form", message, place, "Pack it anew.")
}

/** Says whether extra fields are damaged, state sizes, or give another name. */
private fun forbidden(extra: ByteBuffer): Boolean {
    var at = 0
    while (at < extra.limit()) {
        if (at + 4 > extra.limit() || extra.unsigned(at) in FORBIDDEN_EXTRAS) return true
        at += 4 + extra.unsigned(at + 2)
    }
    return at != extra.limit()
}

private fun slice(of: ByteBuffer, at: Int, count: Int): ByteBuffer {
    val view = of.duplicate()
    view.limit(at + count)
    view.position(at)
    return view.slice().order(ByteOrder.LITTLE_ENDIAN)
}

private fun ByteBuffer.unsigned(at: Int): Int = getShort(at).toInt() and 0xFFFF

private fun ByteBuffer.long(at: Int): Long = getInt(at).toLong() and 0xFFFFFFFFL
