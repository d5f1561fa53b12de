package dev.satchel.ops

/** pillow.nearest: the sample under each place; places grow by one addition an output. */
internal class PillowNearest : Resizer() {
    private var across = IntArray(0)
    private var down = IntArray(0)

    override fun plan(image: Picture, width: Int, height: Int, window: Window) {
        across = positions(image.width, width, window.left, window.width)
        down = positions(image.height, height, window.top, window.height)
    }

    override fun resize(image: Picture, window: Window) {
        out.allocated(window.width, window.height, image.channels, floating = false)
        var place = 0
        for (y in down) {
            for (x in across) {
                val at = image.offset + y * image.row + x * image.step
                for (c in 0 until image.channels) out.bytes[place++] = if (x < 0 || y < 0) 0 else image.bytes[at + c]
            }
        }
    }
}

/** Gives the sample of each of [count] outputs from [begin] on; -1 where it has grown beyond the last. */
private fun positions(source: Int, target: Int, begin: Int, count: Int): IntArray {
    val scale = source.toDouble() / target
    val found = IntArray(count)
    var place = scale / 2
    for (i in 0 until begin + count) {
        if (i >= begin) found[i - begin] = place.toInt().let { if (it < source) it else -1 }
        place += scale
    }
    return found
}
