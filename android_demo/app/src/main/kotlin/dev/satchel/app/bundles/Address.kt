package dev.satchel.app.bundles

import dev.satchel.SatchelException
import java.net.InetAddress
import java.net.URI
import java.util.Locale

private const val LONGEST = 2000
private const val CLEARTEXT_PORT = 80
private const val SECURE_PORT = 443
private const val TO_APP = "satchel:"
private const val DIGEST_MARK = "sha256="
private val SCHEME = Regex("([A-Za-z][A-Za-z0-9+.-]*)://(.*)")
private val DIGEST = Regex("[0-9a-fA-F]{64}")
private val PATH = Regex("(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/?]++|%[0-9A-Fa-f]{2})*+")
private val PORT = Regex("[0-9]{1,5}")

/**
 * Where a bundle lies: `http://192.168.1.7:8000/bundles/flowers.satchel#sha256=` and the bundle's digest, which is what the QR
 * code of a Satchel server says. Without a path it is a server, whose bundles can be listed.
 *
 * @property secure whether it is asked over https.
 * @property host a name, or an address as it stands in a URL (IPv6 in brackets), in small letters.
 * @property path from the slash on, with a query where there is one; `/` is the server itself.
 * @property digest that the bundle must have, 64 small hexadecimal digits; null takes any.
 */
@ConsistentCopyVisibility
data class Address private constructor(
    val secure: Boolean,
    val host: String,
    val port: Int,
    val path: String,
    val digest: String?,
) {
    /** The address without the digest. */
    val url: String get() {
        val usual = port == if (secure) SECURE_PORT else CLEARTEXT_PORT
        return "${if (secure) "https" else "http"}://$host${if (usual) "" else ":$port"}$path"
    }

    /** Whether it names a server and none of its bundles. */
    val isServer: Boolean get() = path == "/"

    /** The host where that is an address; null for a name. */
    internal val literal: InetAddress? get() = literalAddress(host)

    /** Gives the address of something else on this server. */
    internal fun at(path: String, digest: String? = null): Address = parse(copy(path = "/", digest = null).url.dropLast(1) + path)
        .copy(digest = digest?.let(::digestOf))

    /**
     * Gives where an answer of this address sends on to; the digest stays.
     *
     * @throws SatchelException server/redirect, also from https to http, or as [parse].
     */
    internal fun redirected(location: String): Address {
        val target = try {
            URI(url).resolve(location.trim()).toString().substringBefore('#')
        } catch (error: IllegalArgumentException) {
            throw SatchelException("server/redirect", "the server sends on to something that is no address", url)
        }
        val found = parse(target)
        if (secure && !found.secure) {
            throw SatchelException("server/redirect", "the server sends on from https to http, to ${found.url}", url)
        }
        return found.copy(digest = digest)
    }

    /** Gives the text that [parse] takes. */
    override fun toString(): String = if (digest == null) url else "$url#$DIGEST_MARK$digest"

    companion object {
        /**
         * Reads what a person typed, a QR code says or a link holds.
         *
         * Without a scheme it is http. Nothing is asked of the network here: whether http may go to a name is settled when the name
         * is looked up.
         *
         * @throws SatchelException server/address, server/scheme, server/digest, or server/cleartext for http to a public address.
         */
        fun parse(text: String): Address {
            val given = text.trim()
            val plain = if (given.startsWith(TO_APP, ignoreCase = true)) given.substring(TO_APP.length) else given
            if (plain.isEmpty() || plain.length > LONGEST) throw odd("expected 1 to $LONGEST characters", "${plain.length}")
            if (plain.any { it !in '!'..'~' }) throw odd("expected letters, digits and signs of ASCII, and no space", "another")
            val digest = if ('#' in plain) digestOf(plain.substringAfter('#').removePrefix(DIGEST_MARK)) else null
            val named = SCHEME.matchEntire(plain.substringBefore('#'))
            val scheme = named?.groupValues?.get(1)?.lowercase(Locale.ROOT) ?: "http"
            if (scheme != "http" && scheme != "https") {
                throw SatchelException("server/scheme", "expected http or https, found $scheme", hint = "Type it as in $EXAMPLE.")
            }
            return of(scheme == "https", named?.groupValues?.get(2) ?: plain.substringBefore('#'), digest)
        }

        private fun of(secure: Boolean, rest: String, digest: String?): Address {
            val end = rest.indexOfFirst { it == '/' || it == '?' }
            val authority = if (end < 0) rest else rest.substring(0, end)
            val path = if (end < 0) "" else rest.substring(end)
            if ('@' in authority) throw odd("expected no name and password before the host", "one")
            if (!PATH.matches(path)) throw odd("expected a path of the signs that may stand there", "another sign")
            val (host, port) = hostAndPort(authority, if (secure) SECURE_PORT else CLEARTEXT_PORT)
            val found = Address(secure, host, port, if (path.startsWith("/")) path else "/$path", digest)
            found.literal?.let { if (!secure) refusePublic(it, found.url) }
            return found
        }

        private fun hostAndPort(authority: String, usual: Int): Pair<String, Int> {
            val colon = authority.indexOf(':', maxOf(authority.indexOf(']'), 0))
            val host = (if (colon < 0) authority else authority.substring(0, colon)).lowercase(Locale.ROOT)
            val port = if (colon < 0) "$usual" else authority.substring(colon + 1)
            if (!PORT.matches(port) || port.toInt() !in 1..65535) throw odd("expected a port from 1 to 65535", "another")
            if (literalAddress(host) == null && !isName(host)) {
                throw odd("expected a host's name or plain address (192.168.1.7, [fd00::7])", "something else")
            }
            return host to port.toInt()
        }

        private fun digestOf(text: String): String {
            if (DIGEST.matches(text)) return text.lowercase(Locale.ROOT)
            val hint = "Scan the code again, or leave out what follows the #."
            throw SatchelException("server/digest", "expected #$DIGEST_MARK and the 64 hexadecimal digits of a digest", hint = hint)
        }

        private fun odd(expected: String, found: String) =
            SatchelException("server/address", "$expected, found $found", hint = "Type it as in $EXAMPLE.")

        private const val EXAMPLE = "http://192.168.1.7:8000"
    }
}

/**
 * Refuses to speak http to an address that anyone on the way could answer for.
 *
 * @throws SatchelException server/cleartext.
 */
internal fun refusePublic(address: InetAddress, url: String) {
    if (isPrivate(address)) return
    val message = "http is for private addresses only, and ${address.hostAddress} is a public one"
    throw SatchelException("server/cleartext", message, url, "Use an address that begins with https://.")
}
