package dev.satchel.ops

import dev.satchel.steps.ResizeMethod

/** One resizing algorithm, with memory of its own: its result lasts until it is asked again. */
internal abstract class Resizer {
    private var source = IntArray(0)

    protected val out: Picture = Picture()

    /** Gives the part [window] of the picture made width x height pixels. */
    fun run(image: Picture, width: Int, height: Int, window: Window): Picture {
        val wanted = source.size == 2 && source[0] == image.width && source[1] == image.height
        if (!wanted) {
            source = intArrayOf(image.width, image.height)
            plan(image, width, height, window)
        }
        resize(image, window)
        return out
    }

    /** Computes what depends on the sizes alone. */
    protected abstract fun plan(image: Picture, width: Int, height: Int, window: Window)

    /** Fills [out] with the window. */
    protected abstract fun resize(image: Picture, window: Window)
}

/** Gives the algorithm of a method. */
internal fun resizer(method: ResizeMethod): Resizer = when (method) {
    ResizeMethod.PILLOW_NEAREST -> PillowNearest()
    else -> throw IllegalStateException(method.word)
}
