package dev.satchel

import java.text.Normalizer
import java.util.Locale

private const val MAX_PATH = 400
private const val MAX_PART = 200
private val RESERVED = Regex("(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])", RegexOption.IGNORE_CASE)

/**
 * Refuses a path that is not the same safe file on every system.
 *
 * @throws SatchelException bundle/absolute-path, bundle/climbing-path or bundle/unsafe-name.
 */
internal fun checkPath(path: String, where: String) {
    val drive = path.length > 1 && path[1] == ':' && path[0].let { it in 'a'..'z' || it in 'A'..'Z' }
    if (path.startsWith("/") || path.startsWith("\\") || drive) {
        throw refused("bundle/absolute-path", path, "is absolute", where)
    }
    if (path.split('/', '\\').any { it == ".." }) throw refused("bundle/climbing-path", path, "climbs out of the bundle", where)
    if (path.codePointCount(0, path.length) > MAX_PATH || path.split('/').any(::isUnsafe)) {
        throw refused("bundle/unsafe-name", path, "is not the same file on every system", where)
    }
}

private fun isUnsafe(part: String): Boolean = part.isEmpty() || part == "." || part.endsWith(".") || part.endsWith(" ") ||
    part.any { it < ' ' || it in '\u007f'..'\u009f' || it in "\\:*?\"<>|" } || hasHalfPair(part) ||
    RESERVED.matches(part.substringBefore('.')) || part.toByteArray().size > MAX_PART

/**
 * Refuses names that are one on some systems.
 *
 * @throws SatchelException bundle/duplicate-name.
 */
internal fun checkDistinct(paths: Collection<String>, where: String) {
    val seen = HashMap<String, String>()
    for (path in paths) seen.put(folded(path), path)?.let { throw twice(it, path, where) }
    for (path in paths) {
        val parts = folded(path).split('/')
        for (count in 1 until parts.size) {
            seen[parts.take(count).joinToString("/")]?.let { throw twice(it, path, where) }
        }
    }
}

private fun folded(path: String): String {
    val composed = Normalizer.normalize(path, Normalizer.Form.NFC)
    return Normalizer.normalize(composed.lowercase(Locale.ROOT).uppercase(Locale.ROOT), Normalizer.Form.NFC)
}

private fun refused(code: String, path: String, why: String, where: String) =
    SatchelException(code, "the path '${printable(path)}' $why", where)

private fun twice(first: String, second: String, where: String) = SatchelException(
    "bundle/duplicate-name",
    "'${printable(first)}' and '${printable(second)}' are one name on some systems",
    where,
)
