package dev.satchel

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException

/** Unicode's White_Space; what a JVM calls so is another set. */
private const val BLANKS = "\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" +
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
private const val MARK = '\ufeff'

/**
 * Gives the labels of a file; label i is line i + 1.
 *
 * Lines end in a line feed, with or without a carriage return before it; a byte-order mark and the last line's end may be
 * absent or present. The same label may stand twice.
 *
 * @throws SatchelException spec/label-encoding, spec/blank-label, spec/label-newline or spec/no-labels.
 */
internal fun parseLabels(bytes: ByteArray, where: String = "labels"): List<String> {
    val lines = decoded(bytes, where).removePrefix(MARK.toString()).split('\n').toMutableList()
    if (lines.last().isEmpty()) lines.removeAt(lines.size - 1)
    if (lines.isEmpty()) throw SatchelException("spec/no-labels", "expected one label a line, found none", where)
    return lines.mapIndexed { place, line -> checkedLabel(line.removeSuffix("\r"), "$where, line ${place + 1}") }
}

private fun decoded(bytes: ByteArray, where: String): String = try {
    Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
} catch (_: CharacterCodingException) {
    throw SatchelException("spec/label-encoding", "expected labels in UTF-8", where, "Save the file as UTF-8.")
}

private fun checkedLabel(label: String, where: String): String {
    if (label.all { it in BLANKS }) {
        val hint = "Name the class, or write its number; labels are counted by line."
        throw SatchelException("spec/blank-label", "expected a label, found a blank line", where, hint)
    }
    if ('\r' in label) {
        throw SatchelException("spec/label-newline", "the label '${printable(label)}' runs over the end of its line", where)
    }
    if (label.startsWith(MARK)) {
        throw SatchelException("spec/label-encoding", "a byte-order mark stands in front of a label that is not the first", where)
    }
    return label
}
