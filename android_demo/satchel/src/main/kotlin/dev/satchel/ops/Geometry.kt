package dev.satchel.ops

import dev.satchel.steps.FlipAxis

/** Makes [out] the view of a part of a picture. */
internal fun crop(image: Picture, window: Window, out: Picture): Picture {
    out.view(image)
    out.offset += window.top * image.row + window.left * image.step
    out.width = window.width
    out.height = window.height
    return out
}

/** Makes [out] the mirrored view of a picture. */
internal fun flip(image: Picture, axis: FlipAxis, out: Picture): Picture {
    out.view(image)
    if (axis == FlipAxis.HORIZONTAL) {
        out.offset += (image.width - 1) * image.step
        out.step = -image.step
    } else {
        out.offset += (image.height - 1) * image.row
        out.row = -image.row
    }
    return out
}

/**
 * Puts margins of a constant colour around a picture, in [out].
 *
 * @param value one level, or one a channel.
 */
internal fun pad(image: Picture, left: Int, top: Int, right: Int, bottom: Int, value: List<Int>, out: Picture): Picture {
    out.allocated(image.width + left + right, image.height + top + bottom, image.channels, image.floating)
    for (c in 0 until image.channels) fill(out, c, value[c % value.size])
    for (y in 0 until image.height) copyRow(image, y, out, (y + top) * out.row + left * out.step)
    return out
}

private fun fill(out: Picture, channel: Int, value: Int) {
    var at = channel
    while (at < out.row * out.height) {
        if (out.floating) out.floats[at] = value.toFloat() else out.bytes[at] = value.toByte()
        at += out.channels
    }
}

private fun copyRow(image: Picture, y: Int, out: Picture, place: Int) {
    val start = image.offset + y * image.row
    val count = image.width * image.channels
    if (image.step == image.channels) {
        if (image.floating) {
            System.arraycopy(image.floats, start, out.floats, place, count)
        } else {
            System.arraycopy(image.bytes, start, out.bytes, place, count)
        }
        return
    }
    for (x in 0 until image.width) {
        for (c in 0 until image.channels) {
            val from = start + x * image.step + c
            val to = place + x * image.channels + c
            if (image.floating) out.floats[to] = image.floats[from] else out.bytes[to] = image.bytes[from]
        }
    }
}
