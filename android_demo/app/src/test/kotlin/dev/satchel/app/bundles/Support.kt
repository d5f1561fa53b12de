package dev.satchel.app.bundles

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.satchel.BundleReader
import dev.satchel.SatchelException
import java.io.ByteArrayInputStream
import java.io.File
import java.io.OutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.util.concurrent.Executors
import kotlin.concurrent.thread

internal val LOCAL: InetAddress = InetAddress.getByName("127.0.0.1")

/** Two bundles of the zoo, which `make zoo-bundles` writes. */
internal val IRIS: ByteArray by lazy { bundle("iris").readBytes() }
internal val SERIES: ByteArray by lazy { bundle("sensor-series").readBytes() }

internal fun bundle(name: String): File {
    val file = File(System.getProperty("satchel.root"), "out/zoo/$name.satchel")
    check(file.isFile) { "$file is not there: make zoo-bundles" }
    return file
}

internal fun digestOf(bundle: ByteArray): String = BundleReader.open(ByteArrayInputStream(bundle), "bundle").digest

/** Gives a bundle with one bit of a model changed, which no length and no name tells. */
internal fun damaged(bundle: ByteArray): ByteArray {
    val mark = String(bundle, Charsets.ISO_8859_1).indexOf("TFL3")
    check(mark > 0)
    return bundle.copyOf().also { it[mark + 200] = (it[mark + 200].toInt() xor 1).toByte() }
}

internal fun errorOf(work: () -> Unit): SatchelException? = try {
    work()
    null
} catch (error: SatchelException) {
    error
}

internal fun codeOf(work: () -> Unit): String? = errorOf(work)?.code

internal object Nothing : Shipped {
    override fun names(): List<String> = emptyList()

    override fun open(name: String): Part = error("nothing is shipped")
}

/** A server that answers as a test says, and notes what was asked of it. */
internal class Served(private val answer: (HttpExchange) -> Unit) : AutoCloseable {
    val asked: MutableList<Pair<String, Map<String, List<String>>>> = java.util.Collections.synchronizedList(ArrayList())
    private val threads = Executors.newCachedThreadPool { work -> Thread(work).also { it.isDaemon = true } }
    private val server = HttpServer.create(InetSocketAddress(LOCAL, 0), 0).also {
        it.executor = threads
        it.createContext("/") { exchange ->
            asked += exchange.requestURI.toString() to exchange.requestHeaders.toMap()
            exchange.use(answer)
        }
        it.start()
    }
    val port: Int get() = server.address.port

    fun address(path: String = "/bundles/a.satchel", digest: String? = null): Address =
        Address.parse("http://127.0.0.1:$port$path${digest?.let { "#sha256=$it" }.orEmpty()}")

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}

/** Gives a server that has these bundles, by their paths, and lists them. */
internal fun served(bundles: Map<String, ByteArray>): Served {
    val list = bundles.map { (file, bytes) ->
        val name = file.substringAfterLast('/').removeSuffix(".satchel")
        """{"name": "$name", "task": "t", "file": "$file", "digest": "${digestOf(bytes)}"}"""
    }
    return Served { it.give(bundles[it.requestURI.path] ?: "$list".toByteArray()) }
}

/** Answers 200 with these bytes. */
internal fun HttpExchange.give(bytes: ByteArray) {
    sendResponseHeaders(200, bytes.size.toLong())
    responseBody.use { it.write(bytes) }
}

/** A server that says what no honest one would: [say] gets the socket's stream after the request came. */
internal class Liar(private val say: (OutputStream) -> Unit) : AutoCloseable {
    private val socket = ServerSocket(0, 50, LOCAL)
    val address: Address get() = Address.parse("http://127.0.0.1:${socket.localPort}/bundles/a.satchel")

    init {
        thread(isDaemon = true) {
            while (!socket.isClosed) runCatching { answer() }
        }
    }

    private fun answer() {
        socket.accept().use { open ->
            val lines = open.getInputStream().bufferedReader()
            while (lines.readLine().orEmpty().isNotEmpty()) continue
            say(open.getOutputStream())
        }
    }

    override fun close() = socket.close()
}

private fun <T> HttpExchange.use(work: (HttpExchange) -> T) {
    try {
        runCatching { work(this) } // Whoever asked may be gone.
    } finally {
        close()
    }
}
