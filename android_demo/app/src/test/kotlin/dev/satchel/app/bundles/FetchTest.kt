package dev.satchel.app.bundles

import dev.satchel.SatchelException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.net.InetAddress
import java.net.ServerSocket
import java.net.UnknownHostException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.zip.GZIPOutputStream
import kotlin.concurrent.thread

private val QUICK = Patience(connect = 2_000, read = 1_500, window = 3_000, bytesInWindow = 50_000)

/** Servers that are honest, and servers that are not. */
class FetchTest {
    private fun got(address: Address, fetch: Fetch = Fetch(), cancelled: () -> Boolean = { false }): ByteArray =
        fetch.get(address, cancelled) { it.stream.readBytes() }

    private fun refusal(address: Address, fetch: Fetch = Fetch()): SatchelException? = errorOf { got(address, fetch) }

    @Test
    fun `what a server gives arrives whole, asked for as it is`() {
        Served { it.give(IRIS) }.use { server ->
            val length = Fetch().get(server.address(), { false }) { given ->
                assertTrue(IRIS.contentEquals(given.stream.readBytes()))
                given.length
            }
            assertEquals(IRIS.size.toLong(), length)
            val (path, headers) = server.asked.single()
            assertEquals("/bundles/a.satchel", path)
            assertEquals(listOf("identity"), headers["Accept-encoding"])
            assertEquals(listOf("127.0.0.1:${server.port}"), headers["Host"])
        }
    }

    @Test
    fun `without a length the end of the answer is its end`() {
        Served {
            it.sendResponseHeaders(200, 0)
            it.responseBody.use { body -> body.write(IRIS) }
        }.use { server ->
            Fetch().get(server.address(), { false }) { given ->
                assertNull(given.length)
                assertTrue(IRIS.contentEquals(given.stream.readBytes()))
            }
        }
    }

    @Test
    fun `a name is looked up once, and the address that was judged is the one that is connected to`() {
        Served { it.give(IRIS) }.use { server ->
            val lookups = AtomicInteger()
            val rebinding = Fetch { name ->
                assertEquals("laptop.local", name)
                listOf(if (lookups.getAndIncrement() == 0) LOCAL else InetAddress.getByName("8.8.8.8"))
            }
            assertTrue(IRIS.contentEquals(got(Address.parse("http://laptop.local:${server.port}/a"), rebinding)))
            assertEquals(1, lookups.get())
            assertEquals(listOf("127.0.0.1:${server.port}"), server.asked.single().second["Host"])
        }
    }

    @Test
    fun `a name that means a public address is not asked over http, whatever its ending`() {
        val public = Fetch { listOf(InetAddress.getByName("203.0.113.9"), InetAddress.getByName("2001:db8::1")) }
        for (name in listOf("laptop.local", "localhost", "models.example")) {
            assertEquals(name, "server/cleartext", refusal(Address.parse("http://$name/a"), public)?.code)
        }
        val mapped = Fetch { listOf(InetAddress.getByName("::ffff:203.0.113.9")) }
        assertEquals("server/cleartext", refusal(Address.parse("http://laptop.local/a"), mapped)?.code)
    }

    @Test
    fun `of a name's addresses only the private are tried, one after another`() {
        Served { it.give(IRIS) }.use { server ->
            val several = Fetch { listOf("203.0.113.9", "::1", "127.0.0.9", "127.0.0.1").map(InetAddress::getByName) }
            assertTrue(IRIS.contentEquals(got(Address.parse("http://laptop.local:${server.port}/a"), several)))
        }
    }

    @Test
    fun `a name that nobody knows is told`() {
        val nobody = Fetch { throw UnknownHostException(it) }
        assertEquals("server/unknown-name", refusal(Address.parse("http://laptop.local/a"), nobody)?.code)
    }

    @Test
    fun `what a platform throws of its own is told`() {
        val error = refusal(Address.parse("http://laptop.local/a"), Fetch { throw SecurityException("no permission") })!!
        assertEquals("server/unreachable", error.code)
        assertTrue(error.detail, "no permission" in error.detail)
    }

    @Test
    fun `a server that is not there is told with what to look at`() {
        val port = ServerSocket(0, 1, LOCAL).use { it.localPort }
        val error = refusal(Address.parse("http://127.0.0.1:$port/a"))!!
        assertEquals("server/unreachable", error.code)
        assertTrue(error.hint, "--host 0.0.0.0" in error.hint)
    }

    @Test
    fun `https without a certificate is no https`() {
        Served { it.give(IRIS) }.use { server ->
            assertEquals("server/unreachable", refusal(Address.parse("https://127.0.0.1:${server.port}/a"), Fetch(QUICK))?.code)
            assertTrue(server.asked.isEmpty())
        }
    }

    @Test
    fun `redirections are followed, each judged, and not for ever`() {
        Served { exchange ->
            val path = exchange.requestURI.path
            if (path == "/3") return@Served exchange.give(IRIS)
            val next = when (path) {
                "/round" -> "/round"
                "/public" -> "http://203.0.113.9/a"
                "/file" -> "file:///etc/hosts"
                "/none" -> null
                else -> "/${path.drop(1).toInt() + 1}"
            }
            next?.let { exchange.responseHeaders.add("Location", it) }
            exchange.sendResponseHeaders(302, -1)
        }.use { server ->
            assertTrue(IRIS.contentEquals(got(server.address("/0"))))
            val codes = mapOf(
                "/round" to "server/redirect",
                "/public" to "server/cleartext",
                "/file" to "server/scheme",
                "/none" to "server/redirect",
            )
            assertEquals(codes, codes.mapValues { refusal(server.address(it.key))?.code })
        }
    }

    @Test
    fun `an answer that is not 200 is told with its number`() {
        Served { it.sendResponseHeaders(it.requestURI.path.drop(1).toInt(), -1) }.use { server ->
            for (status in listOf(204, 206, 304, 401, 404, 421, 500)) {
                val error = refusal(server.address("/$status"))!!
                assertEquals("server/status", error.code)
                assertTrue(error.detail, "$status" in error.detail)
            }
        }
        Liar { it.write("nonsense\r\n\r\n".toByteArray()) }.use { liar ->
            assertTrue(refusal(liar.address)!!.code in listOf("server/status", "server/unreachable"))
        }
    }

    @Test
    fun `compressed bytes are not inflated, however small they are`() {
        val zeros = java.io.ByteArrayOutputStream().also { out ->
            GZIPOutputStream(out).use { gzip -> repeat(100) { gzip.write(ByteArray(1 shl 20)) } }
        }.toByteArray()
        Served {
            it.responseHeaders.add("Content-Encoding", "gzip")
            it.give(zeros)
        }.use { server -> assertEquals("server/encoding", refusal(server.address())?.code) }
    }

    @Test
    fun `an answer that ends before its length is told with both`() {
        Liar { it.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this".toByteArray()) }.use { liar ->
            val error = refusal(liar.address)!!
            assertEquals("server/cut-short", error.code)
            assertTrue(error.detail, "9 of 1000" in error.detail)
        }
        Liar { it.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nonly this".toByteArray()) }.use { liar ->
            assertEquals("server/cut-short", refusal(liar.address)?.code)
        }
    }

    @Test
    fun `a server that says nothing, stops, or drips is given up`() {
        Liar { Thread.sleep(20_000) }.use { assertEquals("server/unreachable", refusal(it.address, Fetch(QUICK))?.code) }
        Liar {
            it.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this".toByteArray())
            it.flush()
            Thread.sleep(20_000)
        }.use { assertEquals("server/slow", refusal(it.address, Fetch(QUICK))?.code) }
        Liar {
            it.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".toByteArray())
            drip(it, "x")
        }.use { assertEquals("server/slow", refusal(it.address, Fetch(QUICK))?.code) }
        Liar {
            it.write("HTTP/1.1 200 OK\r\n".toByteArray())
            drip(it, "X-More: and more\r\n")
        }.use { assertEquals("server/unreachable", refusal(it.address, Fetch(QUICK))?.code) }
    }

    @Test
    fun `what is cancelled ends soon`() {
        val stalled: List<(java.io.OutputStream) -> Unit> = listOf(
            { Thread.sleep(20_000) },
            {
                it.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx".toByteArray())
                it.flush()
                Thread.sleep(20_000)
            },
        )
        for (say in stalled) {
            Liar(say).use { liar ->
                val cancel = AtomicBoolean()
                thread {
                    Thread.sleep(200)
                    cancel.set(true)
                }
                val started = System.nanoTime()
                assertEquals("server/cancelled", codeOf { got(liar.address, Fetch(), cancel::get) })
                assertTrue("before the server would have ended it", (System.nanoTime() - started) / 1e9 < 15)
            }
        }
    }

    private fun drip(to: java.io.OutputStream, what: String) = repeat(100) {
        to.write(what.toByteArray())
        to.flush()
        Thread.sleep(50)
    }

    @Test
    fun `a server lists its bundles, and what is no list is told`() {
        val digest = "a".repeat(64)

        fun list(file: String, sha: String = digest) = """[{"name": "A", "task": "embedding", "file": "$file", "digest": "$sha"}]"""
        var text = list("/bundles/a.satchel")
        Served { it.give(text.toByteArray()) }.use { server ->
            val asked = server.address("/")
            val offer = offersOf(Fetch(), asked) { false }.single()
            assertEquals(Offer("A", "embedding", server.address("/bundles/a.satchel", digest)), offer)
            val codes = mapOf(
                "[" to "server/listing",
                "{}" to "server/listing",
                "[1]" to "server/listing",
                "[${" ".repeat(2 shl 20)}]" to "server/listing",
                list("http://203.0.113.9/a") to "server/listing",
                list("//203.0.113.9/a") to "server/listing",
                list("/a b") to "server/address",
                list("/a", "zz") to "server/digest",
            )
            val found = codes.mapValues {
                text = it.key
                codeOf { offersOf(Fetch(), asked) { false } }
            }
            assertEquals(codes, found)
        }
    }
}
