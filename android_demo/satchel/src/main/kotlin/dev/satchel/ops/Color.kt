package dev.satchel.ops

import dev.satchel.steps.Colour

/** Puts the colours of uint8 RGB or BGR pixels in another order, or makes grey of them (Pillow's L), in [out]. */
internal fun color(image: Picture, from: Colour, to: Colour, out: Picture): Picture {
    if (from == to) return out.view(image)
    out.allocated(image.width, image.height, if (to == Colour.GRAY) 1 else 3, floating = false)
    val red = if (from == Colour.RGB) 0 else 2
    for (y in 0 until image.height) {
        val at = image.offset + y * image.row
        if (to == Colour.GRAY) grey(image, at, red, out, y * out.row) else reversed(image, at, out, y * out.row)
    }
    return out
}

private fun grey(image: Picture, start: Int, red: Int, out: Picture, place: Int) {
    val bytes = image.bytes
    val found = out.bytes
    var at = start
    for (x in 0 until image.width) {
        val r = bytes[at + red].toInt() and 255
        val g = bytes[at + 1].toInt() and 255
        val b = bytes[at + 2 - red].toInt() and 255
        found[place + x] = ((19595 * r + 38470 * g + 7471 * b + 32768) shr 16).toByte()
        at += image.step
    }
}

private fun reversed(image: Picture, start: Int, out: Picture, begin: Int) {
    val bytes = image.bytes
    val found = out.bytes
    var at = start
    var place = begin
    for (x in 0 until image.width) {
        found[place] = bytes[at + 2]
        found[place + 1] = bytes[at + 1]
        found[place + 2] = bytes[at]
        at += image.step
        place += 3
    }
}
