package dev.satchel

import java.nio.ByteBuffer
import java.security.MessageDigest

/** Gives SHA-256 as it goes. */
internal fun hasher(): MessageDigest = MessageDigest.getInstance("SHA-256")

/** Gives a hash as small hexadecimal digits. */
internal fun MessageDigest.hex(): String {
    val found = StringBuilder(64)
    for (each in digest()) {
        val value = each.toInt() and 255
        found.append(DIGITS[value shr 4]).append(DIGITS[value and 15])
    }
    return found.toString()
}

/** Gives the SHA-256 of bytes, 64 small hexadecimal digits. */
internal fun sha256(bytes: ByteArray): String = hasher().also { it.update(bytes) }.hex()

/** Gives the SHA-256 of the bytes of several tensors, one after another. */
internal fun sha256(parts: List<ByteBuffer>): String = hasher().also { hash -> parts.forEach { hash.update(it.duplicate()) } }.hex()

private const val DIGITS = "0123456789abcdef"
