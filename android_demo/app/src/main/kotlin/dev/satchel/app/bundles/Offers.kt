package dev.satchel.app.bundles

import dev.satchel.SatchelException
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject
import java.io.ByteArrayOutputStream
import java.io.InputStream

private const val LONGEST_LIST = 1 shl 20
private const val MOST = 1000

/** A bundle that a server has: [address] holds the digest that the server says it has. */
data class Offer(val name: String, val task: String, val address: Address)

/**
 * Gives the bundles of a Satchel server.
 *
 * @throws SatchelException server/listing where the answer is no list of bundles, or as [Fetch.get].
 */
internal fun offersOf(fetch: Fetch, address: Address, cancelled: () -> Boolean): List<Offer> {
    val text = fetch.get(address.at("/bundles"), cancelled) { given -> whole(given.stream, address) }
    return try {
        val listed = JSONArray(text)
        if (listed.length() > MOST) throw noList(address)
        List(listed.length()) { offer(address, listed.getJSONObject(it)) }
    } catch (error: JSONException) {
        throw noList(address)
    }
}

private fun offer(server: Address, listed: JSONObject): Offer {
    val file = listed.getString("file")
    if (!file.startsWith("/") || file.startsWith("//")) throw noList(server)
    return Offer(listed.getString("name"), listed.getString("task"), server.at(file, listed.getString("digest")))
}

private fun whole(stream: InputStream, address: Address): String {
    val written = ByteArrayOutputStream()
    val chunk = ByteArray(1 shl 13)
    while (true) {
        val count = stream.read(chunk)
        if (count < 0) return written.toString("UTF-8")
        written.write(chunk, 0, count)
        if (written.size() > LONGEST_LIST) throw noList(address)
    }
}

private fun noList(address: Address) =
    SatchelException("server/listing", "it gives no list of bundles", address.url, "See that a Satchel server listens there.")
