package dev.satchel.ops

import dev.satchel.steps.ResizeMethod

/** One resizing algorithm, with memory of its own: its result lasts until it is asked again. */
internal abstract class Resizer {
    private var sourceWidth = 0
    private var sourceHeight = 0

    protected val out: Picture = Picture()

    /** Gives the part [window] of the picture made width x height pixels, which depend on the picture's size alone. */
    fun run(image: Picture, width: Int, height: Int, window: Window): Picture {
        if (image.width != sourceWidth || image.height != sourceHeight) {
            plan(image, width, height, window)
            sourceWidth = image.width
            sourceHeight = image.height
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
    ResizeMethod.PILLOW_BOX,
    ResizeMethod.PILLOW_BILINEAR,
    ResizeMethod.PILLOW_HAMMING,
    ResizeMethod.PILLOW_BICUBIC,
    ResizeMethod.PILLOW_LANCZOS,
    -> PillowResizer(method)
    ResizeMethod.TF_NEAREST -> TfNearest()
    ResizeMethod.TF_BILINEAR -> TfBilinear()
    ResizeMethod.TF_BICUBIC -> TfBicubic()
    ResizeMethod.TF_AREA -> TfArea()
    ResizeMethod.TF_BILINEAR_ANTIALIAS -> TfAntialias()
    ResizeMethod.OPENCV_NEAREST -> OpencvNearest()
    ResizeMethod.OPENCV_LINEAR -> OpencvLinear()
    ResizeMethod.OPENCV_AREA -> OpencvArea()
}
