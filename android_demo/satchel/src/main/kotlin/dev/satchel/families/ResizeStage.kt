package dev.satchel.families

import dev.satchel.SatchelException
import dev.satchel.ops.Fitted
import dev.satchel.ops.Picture
import dev.satchel.ops.Resizer
import dev.satchel.ops.Window
import dev.satchel.ops.cropWindow
import dev.satchel.ops.fitted
import dev.satchel.ops.pad
import dev.satchel.ops.resizer
import dev.satchel.steps.Crop
import dev.satchel.steps.Resize

/** The largest value that is resized or weighed, 2^100. */
private val LARGEST: Float = Math.scalb(1f, 100)

/**
 * A resize, and the crop that follows it: only pixels that the crop keeps are made.
 *
 * @param follows the next step, when it is a crop.
 */
internal class ResizeStage(private val step: Resize, private val follows: Crop?) : Stage() {
    private val resizer: Resizer = resizer(step.method)
    private val cropStage = follows?.let(::CropStage)
    private var width = 0
    private var height = 0
    private var fit = Fitted(0, 0, Window(0, 0, 0, 0))

    override fun run(image: Picture): Picture {
        if (image.width != width || image.height != height) {
            fit = fitted(step, image.width, image.height).let { if (it.padded || follows == null) it else cropped(it, follows) }
            width = image.width
            height = image.height
        }
        refuseBeyond(image)
        val resized = resizer.run(image, fit.width, fit.height, fit.window)
        if (!fit.padded) return resized
        val whole = pad(resized, fit.left, fit.top, fit.right, fit.bottom, step.padValue!!, out)
        return cropStage?.run(whole) ?: whole
    }
}

/** Refuses values of which a weighed sum may be infinite. */
internal fun refuseBeyond(image: Picture) {
    if (!image.floating) return
    for (y in 0 until image.height) {
        var at = image.offset + y * image.row
        for (x in 0 until image.width) {
            for (c in 0 until image.channels) {
                if (Math.abs(image.floats[at + c]) <= LARGEST) continue
                val message = "a value of ${image.floats[at + c]} comes before this step, expected at most 2^100"
                throw SatchelException("input/not-finite", message, hint = "Put this step before those that make it so large.")
            }
            at += image.step
        }
    }
}

private fun cropped(fit: Fitted, crop: Crop): Fitted {
    val kept = cropWindow(crop, fit.window.width, fit.window.height)
    return fit.copy(window = Window(fit.window.left + kept.left, fit.window.top + kept.top, kept.width, kept.height))
}
