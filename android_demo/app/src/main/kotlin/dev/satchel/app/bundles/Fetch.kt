package dev.satchel.app.bundles

import dev.satchel.SatchelException
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.Inet6Address
import java.net.InetAddress
import java.net.Proxy
import java.net.SocketTimeoutException
import java.net.URL
import java.net.UnknownHostException
import kotlin.concurrent.thread

private val REDIRECTS = setOf(301, 302, 303, 307, 308)
private const val NOT_FOUND = 404
private const val MISDIRECTED = 421
private const val MOST_REDIRECTS = 5
private const val MOST_ADDRESSES = 4
private const val NANOSECONDS = 1_000_000L

/**
 * How long a server is waited for.
 *
 * @property connect milliseconds until the connection stands.
 * @property read milliseconds until the next bytes come.
 * @property window milliseconds in which the head of an answer, and then [bytesInWindow] of it each time, must come.
 */
class Patience(val connect: Int = 5_000, val read: Int = 10_000, val window: Long = 30_000, val bytesInWindow: Long = 60_000)

/** What a server gives: [length] as it says itself, null where it says none. */
class Given(val stream: InputStream, val length: Long?)

/**
 * Gets things from servers by HTTP.
 *
 * Over http only private addresses are spoken to. A name is looked up once, what it stands for is judged, and that very address is
 * connected to: a name that means something else a moment later changes nothing. The Host header is the address, too, which a
 * Satchel server that listens on all addresses wants. Over https the certificate says whose server it is.
 *
 * @param resolve gives the addresses of a name.
 */
class Fetch(
    private val patience: Patience = Patience(),
    private val resolve: (String) -> List<InetAddress> = { InetAddress.getAllByName(it).toList() },
) {
    /**
     * Gives what lies at an address to [use], and closes it after.
     *
     * @param cancelled is asked again and again.
     * @throws SatchelException server/... with what was wrong, server/cancelled where [cancelled] said so.
     */
    fun <T> get(address: Address, cancelled: () -> Boolean, use: (Given) -> T): T = Aside(cancelled).use { aside ->
        var place = address
        repeat(MOST_REDIRECTS + 1) {
            val connection = answered(place, aside)
            try {
                place = next(connection, place) ?: return use(given(connection, place, aside))
            } finally {
                // While something is still read, this waits: nobody here should.
                thread(isDaemon = true) { connection.disconnect() }
            }
        }
        throw SatchelException("server/redirect", "the server sends on more than $MOST_REDIRECTS times", address.url)
    }

    /** Gives a connection whose answer has begun. */
    private fun answered(place: Address, aside: Aside): HttpURLConnection = try {
        aside.call(patience.window) {
            val connection = connect(place, aside)
            connection.responseCode
            connection.also { if (aside.left) it.disconnect() }
        }
    } catch (error: IOException) {
        throw unreachable(place, error)
    } catch (_: Aside.Cancelled) {
        throw stopped(place.url)
    }

    /** Gives where the answer sends on to; null where it is the thing itself. */
    private fun next(connection: HttpURLConnection, place: Address): Address? {
        val status = connection.responseCode
        if (status in REDIRECTS) {
            val location = connection.getHeaderField("Location")
                ?: throw SatchelException("server/redirect", "the server sends on without saying where to", place.url)
            return place.redirected(location)
        }
        if (status == HttpURLConnection.HTTP_OK) return null
        val hint = when (status) {
            NOT_FOUND -> "The server has no such bundle; look at its /phone page."
            MISDIRECTED -> "Type the server's numeric address, or start it with --allow-host."
            else -> ""
        }
        throw SatchelException("server/status", "expected the answer 200, found ${if (status < 0) "no HTTP" else status}", place.url, hint)
    }

    private fun given(connection: HttpURLConnection, place: Address, aside: Aside): Given {
        val encoding = connection.contentEncoding.orEmpty()
        if (encoding.isNotEmpty() && !encoding.equals("identity", ignoreCase = true)) {
            throw SatchelException("server/encoding", "the server compresses what was asked for as it is", place.url)
        }
        val length = connection.contentLengthLong.takeIf { it >= 0 }
        return Given(Body(connection.inputStream, length, place.url, patience, aside), length)
    }

    private fun connect(place: Address, aside: Aside): HttpURLConnection {
        val urls = if (place.secure) listOf(URL(place.url)) else judged(place).map { URL("http", it.hostAddress, place.port, place.path) }
        var last: IOException? = null
        for (url in urls.take(MOST_ADDRESSES)) {
            if (aside.left) break
            val connection = opened(url, place.secure)
            try {
                connection.connect()
                return connection
            } catch (error: IOException) {
                connection.disconnect()
                last = error
            }
        }
        throw unreachable(place, last)
    }

    /** Gives the addresses of a host that http may go to, those of IPv4 first: they need no zone. */
    private fun judged(place: Address): List<InetAddress> {
        val found = place.literal?.let(::listOf) ?: try {
            resolve(place.host)
        } catch (error: UnknownHostException) {
            val hint = "Type the server's numeric address, as it shows it."
            throw SatchelException("server/unknown-name", "no address is known for the name ${place.host}", place.url, hint)
        }
        val near = found.filter(::isPrivate)
        if (near.isEmpty()) found.forEach { refusePublic(it, place.url) }
        return near.sortedBy { it is Inet6Address }
    }

    private fun opened(url: URL, secure: Boolean): HttpURLConnection {
        // A proxy would be another address than the one that was judged.
        val opened = if (secure) url.openConnection() else url.openConnection(Proxy.NO_PROXY)
        return (opened as HttpURLConnection).apply {
            instanceFollowRedirects = false
            useCaches = false
            connectTimeout = patience.connect
            readTimeout = patience.read
            setRequestProperty("Accept-Encoding", "identity")
            setRequestProperty("Connection", "close")
        }
    }
}

/** The bytes of an answer, all of them: what breaks off, stalls or is cancelled ends with an error that says so. */
private class Body(
    private val stream: InputStream,
    private val length: Long?,
    private val url: String,
    private val patience: Patience,
    private val aside: Aside,
) : InputStream() {
    private var count = 0L
    private var windowCount = 0L
    private var windowStart = System.nanoTime()

    override fun read(): Int {
        val one = ByteArray(1)
        return if (read(one, 0, 1) < 0) -1 else one[0].toInt() and 255
    }

    override fun read(into: ByteArray, start: Int, most: Int): Int {
        val left = if (length == null) most.toLong() else length - count // Not every platform ends where the length does.
        val found = try {
            aside.call(patience.read.toLong()) { if (left > 0) stream.read(into, start, minOf(most.toLong(), left).toInt()) else -1 }
        } catch (_: SocketTimeoutException) {
            throw slow()
        } catch (_: IOException) {
            throw cut()
        } catch (_: Aside.Cancelled) {
            throw stopped(url)
        }
        if (found < 0 && length != null && count < length) throw cut()
        count += maxOf(found, 0)
        refuseSlow()
        return found
    }

    private fun refuseSlow() {
        val now = System.nanoTime()
        if (now - windowStart < patience.window * NANOSECONDS) return
        if (count - windowCount < patience.bytesInWindow) throw slow()
        windowCount = count
        windowStart = now
    }

    private fun cut() = SatchelException(
        "server/cut-short",
        "the connection broke off after $count${if (length == null) "" else " of $length"} bytes",
        url,
        "Try again.",
    )

    private fun slow() = SatchelException("server/slow", "the server gives hardly anything any more, after $count bytes", url, "Try again.")
}

private fun stopped(url: String) = SatchelException("server/cancelled", "fetching was cancelled", url)

private fun unreachable(place: Address, error: IOException?): SatchelException {
    val why = if (error is SocketTimeoutException) "it does not answer in time" else error?.message ?: "it does not answer"
    val hint = "See that the server runs with --host 0.0.0.0 and that the phone is in the same network."
    return SatchelException("server/unreachable", "cannot reach the server ($why)", place.url, hint)
}
