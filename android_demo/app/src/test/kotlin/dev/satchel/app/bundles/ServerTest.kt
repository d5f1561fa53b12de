package dev.satchel.app.bundles

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.net.InetAddress

/** The real `satchel serve`, started as a person does, and a phone's shelf that fetches from it. */
class ServerTest {
    @get:Rule
    val temporary = TemporaryFolder()

    private val program = File(System.getProperty("satchel.root"), ".venv/bin/satchel")

    /** Starts the server on all addresses with two bundles and gives its port to [work]. */
    private fun serving(work: (port: Int) -> Unit) {
        if (!program.canExecute()) {
            val reason = "skipped: the server is not installed ($program): make setup"
            println(reason)
            Assume.assumeTrue(reason, false)
        }
        val command = listOf("$program", "serve", "--host", "0.0.0.0", "--port", "0", "${bundle("iris")}", "${bundle("sensor-series")}")
        val running = ProcessBuilder(command).redirectError(File(temporary.root, "stderr")).start()
        try {
            val lines = generateSequence(running.inputStream.bufferedReader()::readLine)
            val told = lines.first { it.startsWith("Satchel is at ") }
            work(told.substringAfter("http://0.0.0.0:").substringBefore(' ').toInt())
        } finally {
            running.destroy()
            running.waitFor()
        }
    }

    @Test
    fun `a phone lists, fetches, checks and keeps what the server has`() = serving { port ->
        // A name, as a phone would find it in its network: the server answers to bare addresses.
        val shelf = Shelf(File(temporary.root, "bundles"), Nothing, { 1L shl 40 }, Fetch { listOf(InetAddress.getByName("127.0.0.1")) })
        val server = Address.parse("laptop.local:$port")
        val offers = shelf.offers(server) { false }
        assertEquals(listOf("iris", "sensor-series"), offers.map { it.name })
        assertEquals(listOf(digestOf(IRIS), digestOf(SERIES)), offers.map { it.address.digest })
        assertEquals("server/which-bundle", codeOf { shelf.fetch(server, { _, _ -> }, { false }) })
        for (offer in offers) {
            val entry = shelf.fetch(offer.address, { _, _ -> }, { false })
            assertEquals(offer.address.digest, entry.digest)
            shelf.open(entry).use { it.reader.verify() }
        }
        assertEquals(offers.map { it.name }, shelf.entries().map { it.name })
        val other = Address.parse("http://laptop.local:$port/bundles/iris.satchel#sha256=${digestOf(SERIES)}")
        assertEquals("bundle/digest", codeOf { shelf.fetch(other, { _, _ -> }, { false }) })
        val none = Address.parse("http://laptop.local:$port/bundles/none.satchel")
        assertEquals("server/status", codeOf { shelf.fetch(none, { _, _ -> }, { false }) })
        assertTrue(temporary.root.resolve("bundles/").list().orEmpty().none { it.endsWith(".part") })
    }
}
