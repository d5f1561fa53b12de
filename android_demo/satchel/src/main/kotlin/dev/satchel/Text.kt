package dev.satchel

private const val LONGEST = 200

/** Gives a stranger's text as it may be shown on a terminal: control, direction and invisible characters written out. */
internal fun printable(text: String): String {
    val found = StringBuilder()
    var place = 0
    while (place < text.length && found.length < LONGEST) {
        val each = text.codePointAt(place)
        if (isHidden(each)) found.append("\\u{").append(each.toString(16)).append('}') else found.appendCodePoint(each)
        place += Character.charCount(each)
    }
    if (place < text.length) found.append("...")
    return found.toString()
}

private fun isHidden(codePoint: Int): Boolean = when (Character.getType(codePoint).toByte()) {
    Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> true
    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true
    else -> false
}
