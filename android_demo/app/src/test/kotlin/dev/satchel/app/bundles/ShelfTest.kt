package dev.satchel.app.bundles

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.ByteArrayInputStream
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.io.InputStream
import java.util.Random

private const val ROOMY = 1L shl 40

/** What is on the shelf was whole and checked when it came, and stays until something whole and checked comes. */
class ShelfTest {
    @get:Rule
    val temporary = TemporaryFolder()

    private lateinit var folder: File

    @Before
    fun `put the shelf somewhere`() {
        folder = File(temporary.root, "bundles")
    }

    private fun shelf(shipped: Shipped = Nothing, free: Long = ROOMY): Shelf = Shelf(folder, shipped, { free })

    private fun Shelf.add(name: String, bytes: ByteArray, stated: Long? = bytes.size.toLong()): ShelfEntry =
        addFile(name, ByteArrayInputStream(bytes), stated)

    private fun Shelf.got(address: Address): ShelfEntry = fetch(address, { _, _ -> }, { false })

    /** Gives name and bytes of every file. */
    private fun files(): Map<String, String> = folder.listFiles().orEmpty().associate { it.name to it.readBytes().contentToString() }

    private fun assertOpens(shelf: Shelf, entry: ShelfEntry, bundle: ByteArray) {
        assertEquals(digestOf(bundle), entry.digest)
        shelf.open(entry).use {
            it.reader.verify()
            assertEquals(entry.digest, it.digest)
        }
    }

    @Test
    fun `a bundle from a file is kept, also for the next start`() {
        val entry = shelf().add("my iris.satchel", IRIS)
        assertEquals(ShelfEntry(entry.id, "iris", Origin.FILE, digestOf(IRIS), IRIS.size.toLong(), "my iris.satchel"), entry)
        val next = shelf()
        assertEquals(listOf(entry), next.entries())
        assertOpens(next, next.find(entry.id)!!, IRIS)
    }

    @Test
    fun `the same bundle again is one entry, another is another`() {
        val shelf = shelf()
        shelf.add("a.satchel", IRIS)
        shelf.add("b.satchel", IRIS)
        shelf.add("a.satchel", SERIES)
        assertEquals(listOf("iris", "sensor-series"), shelf.entries().map { it.name })
    }

    @Test
    fun `names are never paths`() {
        val shelf = shelf()
        val names = listOf("../../evil.satchel", "/etc/passwd", "a\u0000b", "..", "", "x".repeat(5000), "\u202Eevil")
        for (name in names) assertEquals(name, shelf.add(name, IRIS).source)
        assertEquals(listOf(folder), temporary.root.listFiles().orEmpty().toList())
        assertTrue(folder.list().orEmpty().all { Regex("file-[0-9a-f]{32}\\.(satchel|from)").matches(it) })
        val ids = listOf("../../bundles/x", "file-", "", "file-${"0".repeat(31)}/", "FILE-${"0".repeat(32)}", "file-${"0".repeat(32)}")
        for (id in ids) {
            val entry = ShelfEntry(id, "a", Origin.FILE, null, 0)
            assertEquals(id, "bundle/not-found", codeOf { shelf.open(entry) })
        }
    }

    @Test
    fun `a bundle that is not what it says leaves nothing behind`() {
        val shelf = shelf()
        shelf.add("a.satchel", SERIES)
        val before = files()
        val wrong = mapOf(
            damaged(IRIS) to "bundle/changed-file",
            IRIS.copyOf(IRIS.size - 1) to "bundle/zip-form",
            IRIS + byteArrayOf(0) to "bundle/zip-form",
            ByteArray(0) to "bundle/not-a-bundle",
            ByteArray(5000).also { Random(1).nextBytes(it) } to "bundle/not-a-bundle",
        )
        for ((bytes, code) in wrong) assertEquals(code, codeOf { shelf.add("b.satchel", bytes) })
        assertEquals(before, files())
    }

    @Test
    fun `an error tells the bundle's name and no path of this phone`() {
        val error = errorOf { shelf().add("b.satchel", damaged(IRIS)) }!!
        assertTrue(error.where, error.where.startsWith("b.satchel: "))
        assertTrue(error.message!!, folder.path !in error.message!!)
    }

    @Test
    fun `a provider that lies about the size is believed only as far as its bytes go`() {
        val shelf = shelf()
        for (stated in listOf(0L, 1L, IRIS.size - 1L, IRIS.size + 1L, null, -1L)) {
            assertOpens(shelf, shelf.add("a.satchel", IRIS, stated), IRIS)
        }
        val before = files()
        val error = errorOf { shelf.add("b.satchel", SERIES.copyOf(1000), SERIES.size.toLong()) }!!
        assertEquals("bundle/unreadable", error.code)
        assertTrue(error.detail, "${SERIES.size}" in error.detail && "1000" in error.detail)
        assertEquals("bundle/too-large", codeOf { shelf.add("b.satchel", SERIES, Long.MAX_VALUE) })
        assertEquals(before, files())
    }

    @Test
    fun `a provider that dies in mid-stream leaves nothing behind`() {
        val dying = object : InputStream() {
            private val first = ByteArrayInputStream(IRIS, 0, 20_000)

            override fun read(): Int = first.read().also { if (it < 0) throw IOException("the provider died") }
        }
        val error = errorOf { shelf().addFile("a.satchel", dying, IRIS.size.toLong()) }!!
        assertEquals("bundle/unreadable", error.code)
        assertTrue(error.detail, "20000 bytes (the provider died)" in error.detail || "the provider died" in error.detail)
        assertTrue(files().isEmpty())
    }

    @Test
    fun `a stream without an end is given up at the limit`() {
        val endless = object : InputStream() {
            override fun read(): Int = 1
        }
        val small = Intake(folder, { ROOMY }, limit = 1_000_000)
        val shelf = Shelf(folder, Nothing, { ROOMY }, intake = small)
        assertEquals("bundle/too-large", codeOf { shelf.addFile("a", endless, null) })
        assertTrue(files().isEmpty())
    }

    @Test
    fun `what is fetched replaces what came from the same address only when it is whole and checked`() {
        var bytes = IRIS
        Served { it.give(bytes) }.use { server ->
            val shelf = shelf()
            val first = shelf.got(server.address())
            assertEquals(ShelfEntry(first.id, "iris", Origin.SERVER, digestOf(IRIS), IRIS.size.toLong(), server.address().url), first)
            val before = files()
            for (wrong in listOf(damaged(SERIES), SERIES.copyOf(5000), ByteArray(10))) {
                bytes = wrong
                assertTrue(codeOf { shelf.got(server.address()) }!!.startsWith("bundle/"))
                assertEquals(before, files())
            }
            bytes = SERIES
            val second = shelf.got(server.address())
            assertEquals(first.id, second.id)
            assertEquals(listOf(second), shelf.entries())
            assertOpens(shelf, second, SERIES)
        }
    }

    @Test
    fun `the digest of an address is required`() {
        Served { it.give(IRIS) }.use { server ->
            val shelf = shelf()
            assertEquals("bundle/digest", codeOf { shelf.got(server.address(digest = "0".repeat(64))) })
            assertTrue(files().isEmpty())
            assertOpens(shelf, shelf.got(server.address(digest = digestOf(IRIS))), IRIS)
        }
    }

    @Test
    fun `a fetched bundle stays when the server is gone`() {
        val shelf = shelf()
        val server = Served { it.give(IRIS) }
        val address = server.address()
        val entry = server.use { shelf.got(address) }
        assertEquals("server/unreachable", codeOf { shelf.got(address) })
        assertOpens(shelf(), shelf().entries().single(), IRIS)
        assertOpens(shelf, entry, IRIS)
    }

    @Test
    fun `the only bundle of a server needs no path, of several one is to be chosen`() {
        var count = 1
        Served { exchange ->
            val one = """{"name": "iris", "task": "t", "file": "/bundles/iris.satchel", "digest": "${digestOf(IRIS)}"}"""
            exchange.give(if (exchange.requestURI.path == "/bundles") List(count) { one }.toString().toByteArray() else IRIS)
        }.use { server ->
            val shelf = shelf()
            assertOpens(shelf, shelf.got(server.address("/")), IRIS)
            count = 2
            assertEquals("server/which-bundle", codeOf { shelf.got(server.address("/")) })
            count = 0
            assertEquals("server/which-bundle", codeOf { shelf.got(server.address("/")) })
        }
    }

    @Test
    fun `progress is told up to the last byte`() {
        Served { it.give(IRIS) }.use { server ->
            val told = ArrayList<Pair<Long, Long?>>()
            shelf().fetch(server.address(), { count, all -> told += count to all }, { false })
            assertEquals(IRIS.size.toLong() to IRIS.size.toLong(), told.last())
            assertEquals(told.sortedBy { it.first }, told)
        }
    }

    @Test
    fun `an answer that breaks off, or is stopped, keeps what was there`() {
        val shelf = shelf()
        var say = IRIS
        Liar {
            it.write("HTTP/1.1 200 OK\r\nContent-Length: ${IRIS.size}\r\n\r\n".toByteArray())
            it.write(say)
        }.use { liar ->
            shelf.got(liar.address)
            val before = files()
            say = IRIS.copyOf(30_000)
            assertEquals("server/cut-short", codeOf { shelf.got(liar.address) })
            say = IRIS
            var count = 0L
            assertEquals("server/cancelled", codeOf { shelf.fetch(liar.address, { done, _ -> count = done }, { count > 0 }) })
            assertEquals(before, files())
        }
    }

    @Test
    fun `a length that is a lie is found out by the bytes`() {
        Liar { it.write("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n".toByteArray() + IRIS) }.use { liar ->
            assertTrue(codeOf { shelf().got(liar.address) }!!.startsWith("bundle/"))
        }
        Liar { it.write("HTTP/1.1 200 OK\r\nContent-Length: ${1L shl 50}\r\n\r\n".toByteArray() + IRIS) }.use { liar ->
            assertEquals("bundle/too-large", codeOf { shelf().got(liar.address) })
        }
        assertTrue(files().isEmpty())
    }

    @Test
    fun `a full storage keeps what was there, told before or only while writing`() {
        var bytes = IRIS
        Served { it.give(bytes) }.use { server ->
            shelf().got(server.address())
            val before = files()
            bytes = SERIES
            assertEquals("env/disk-full", codeOf { shelf(free = SERIES.size - 1L).got(server.address()) })
            for (fullAfter in listOf(0, 10_000, SERIES.size - 1)) {
                val full = Intake(folder, { ROOMY }) { Filling(it, fullAfter) }
                val shelf = Shelf(folder, Nothing, { ROOMY }, intake = full)
                assertEquals("env/disk-full", codeOf { shelf.got(server.address()) })
                assertEquals(before, files())
                assertOpens(shelf, shelf.entries().single(), IRIS)
            }
        }
    }

    /** A file on a storage that has so many bytes left; its error is the one of Android. */
    private class Filling(file: File, private var left: Int) : FileOutputStream(file) {
        override fun write(bytes: ByteArray, start: Int, count: Int) {
            if (count > left) throw IOException("write failed: ENOSPC (No space left on device)")
            left -= count
            super.write(bytes, start, count)
        }
    }

    @Test
    fun `a storage that cannot be written is told`() {
        val broken = Intake(folder, { ROOMY }) { throw IOException("Read-only file system") }
        assertEquals("env/cannot-write", codeOf { Shelf(folder, Nothing, { ROOMY }, intake = broken).add("a", IRIS) })
    }

    @Test
    fun `what a killed process left is cleared at the next start`() {
        val entry = shelf().add("a.satchel", IRIS)
        val before = files()
        File(folder, "take123.part").writeBytes(IRIS.copyOf(1000))
        File(folder, "file-${"0".repeat(32)}.from").writeText("b.satchel")
        assertEquals(listOf(entry), shelf().entries())
        assertEquals(before, files())
    }

    @Test
    fun `what was damaged since is shown, told when it is opened, and can be removed`() {
        val shelf = shelf()
        val entry = shelf.add("a.satchel", IRIS)
        val file = File(folder, "${entry.id}.satchel")
        file.writeBytes(damaged(IRIS))
        val opened = shelf.open(entry)
        assertEquals("bundle/changed-file", codeOf { opened.reader.verify() })
        file.writeBytes(SERIES)
        assertEquals("bundle/digest", codeOf { shelf.open(entry) })
        file.writeBytes(ByteArray(100))
        val damaged = shelf.entries().single()
        assertEquals(ShelfEntry(entry.id, "a.satchel", Origin.FILE, null, 100, "a.satchel"), damaged)
        assertEquals("bundle/not-a-bundle", codeOf { shelf.open(damaged) })
        shelf.remove(damaged)
        assertTrue(files().isEmpty())
        assertEquals(emptyList<ShelfEntry>(), shelf.entries())
    }

    @Test
    fun `the app's own bundles are read where they lie, come first and stay`() {
        val packed = temporary.newFile("app.apk").apply { writeBytes(ByteArray(777) { 80 } + SERIES + damaged(IRIS) + IRIS.copyOf(99)) }
        val shipped = object : Shipped {
            private val file = packed.inputStream()
            private val places = mapOf("b.satchel" to 777L, "c.satchel" to 777L + SERIES.size, "d.satchel" to packed.length() - 99)
            private val sizes = mapOf("b.satchel" to SERIES.size, "c.satchel" to IRIS.size, "d.satchel" to 99)

            override fun names() = places.keys.toList()

            override fun open(name: String) = Part(file.channel, places.getValue(name), sizes.getValue(name).toLong(), file)
        }
        val shelf = shelf(shipped)
        shelf.add("a.satchel", IRIS)
        val entries = shelf.entries()
        assertEquals(listOf("sensor-series", "iris", "d.satchel", "iris"), entries.map { it.name })
        assertEquals(List(3) { Origin.SHIPPED } + Origin.FILE, entries.map { it.origin })
        assertEquals(listOf(SERIES.size, IRIS.size, 99, IRIS.size).map { it.toLong() }, entries.map { it.bytes })
        assertOpens(shelf, entries[0], SERIES)
        assertEquals("bundle/changed-file", codeOf { shelf.open(entries[1]).reader.verify() })
        assertEquals("bundle/zip-form", codeOf { shelf.open(entries[2]) })
        entries.forEach(shelf::remove)
        assertEquals(entries.take(3), shelf.entries())
        assertTrue(files().isEmpty())
    }
}
