package dev.satchel.app.bundles

import java.net.InetAddress

private const val GROUPS = 8
private val IPV4 = Regex("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}")
private val NUMBER = Regex("[0-9]+|0[xX][0-9a-fA-F]*")
private val GROUP = Regex("[0-9a-fA-F]{1,4}")
private val LABEL = Regex("[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
private const val LONGEST_NAME = 253

/**
 * Gives the address that a host in a URL is; null where it is no address.
 *
 * Only the one plain form of each address counts: `192.168.1.7`, not `0xC0A80107`, and no zone.
 *
 * @param host as it stands in the URL: an IPv6 address in brackets.
 */
internal fun literalAddress(host: String): InetAddress? {
    val bytes = if (host.startsWith("[") && host.endsWith("]")) ipv6(host.substring(1, host.length - 1)) else ipv4(host)
    return bytes?.let(InetAddress::getByAddress)
}

/** Says whether a host can be a name: letters, digits and hyphens, and nothing that some readers take for an address. */
internal fun isName(host: String): Boolean {
    val labels = host.split('.')
    return host.length <= LONGEST_NAME && labels.all(LABEL::matches) && !NUMBER.matches(labels.last())
}

/**
 * Says whether an address leads no further than the networks around this device: of RFC 1918, unique local, link-local, or this
 * device itself.
 */
internal fun isPrivate(address: InetAddress): Boolean {
    val bytes = address.address.map { it.toInt() and 255 }
    if (bytes.size == 4) return isPrivateIpv4(bytes)
    if (bytes.take(10).all { it == 0 } && bytes[10] == 255 && bytes[11] == 255) return isPrivateIpv4(bytes.drop(12))
    val loopback = bytes.take(15).all { it == 0 } && bytes[15] == 1
    return loopback || bytes[0] and 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] and 0xC0 == 0x80)
}

private fun isPrivateIpv4(bytes: List<Int>): Boolean = when (bytes[0]) {
    10, 127 -> true
    169 -> bytes[1] == 254
    172 -> bytes[1] in 16..31
    192 -> bytes[1] == 168
    else -> false
}

private fun ipv4(text: String): ByteArray? {
    if (!IPV4.matches(text)) return null
    val numbers = text.split('.').map(String::toInt)
    return if (numbers.all { it < 256 }) ByteArray(4) { numbers[it].toByte() } else null
}

private fun ipv6(text: String): ByteArray? {
    val halves = text.split("::")
    val groups = halves.map { groups(it) ?: return null }
    val missing = GROUPS - groups.sumOf { it.size }
    val all = when {
        halves.size == 1 && missing == 0 -> groups[0]
        halves.size == 2 && missing > 0 -> groups[0] + List(missing) { 0 } + groups[1]
        else -> return null
    }
    return ByteArray(2 * GROUPS) { (all[it / 2] shr (if (it % 2 == 0) 8 else 0)).toByte() }
}

/** Gives the 16-bit groups of a part of an IPv6 address, whose end may be written as an IPv4 address. */
private fun groups(text: String): List<Int>? {
    if (text.isEmpty()) return emptyList()
    val parts = text.split(':')
    val found = ArrayList<Int>()
    for ((place, part) in parts.withIndex()) {
        val tail = if (place == parts.size - 1) ipv4(part)?.map { it.toInt() and 255 } else null
        when {
            tail != null -> found += listOf(tail[0] shl 8 or tail[1], tail[2] shl 8 or tail[3])
            GROUP.matches(part) -> found += part.toInt(16)
            else -> return null
        }
    }
    return found
}
