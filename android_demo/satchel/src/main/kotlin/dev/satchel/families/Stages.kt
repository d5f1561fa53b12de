package dev.satchel.families

import dev.satchel.ops.Picture
import dev.satchel.ops.Pointwise
import dev.satchel.ops.Window
import dev.satchel.ops.color
import dev.satchel.ops.contentWindow
import dev.satchel.ops.crop
import dev.satchel.ops.cropWindow
import dev.satchel.ops.flip
import dev.satchel.ops.grown
import dev.satchel.ops.pad
import dev.satchel.ops.placedByMass
import dev.satchel.ops.rowOf
import dev.satchel.refuseTooLarge
import dev.satchel.steps.CenterOfMass
import dev.satchel.steps.Colour
import dev.satchel.steps.Crop
import dev.satchel.steps.CropContent
import dev.satchel.steps.FlipAxis
import dev.satchel.steps.Pad

/** A step on pictures with memory of its own: its result lasts until it is asked again. */
internal abstract class Stage {
    protected val out: Picture = Picture()

    abstract fun run(image: Picture): Picture
}

internal class ColorStage(private val from: Colour, private val to: Colour) : Stage() {
    private val own = Picture()

    override fun run(image: Picture): Picture = if (from == to) image else color(image, from, to, own)
}

internal class CropStage(private val step: Crop) : Stage() {
    private var width = 0
    private var height = 0
    private var window = Window(0, 0, 0, 0)

    override fun run(image: Picture): Picture {
        if (image.width != width || image.height != height) {
            window = cropWindow(step, image.width, image.height)
            width = image.width
            height = image.height
        }
        return crop(image, window, out)
    }
}

internal class CropContentStage(step: CropContent) : Stage() {
    private val threshold = step.threshold.toFloat()

    override fun run(image: Picture): Picture = crop(image, contentWindow(image, threshold), out)
}

internal class CenterOfMassStage(private val step: CenterOfMass) : Stage() {
    override fun run(image: Picture): Picture {
        refuseBeyond(image)
        return placedByMass(image, step.width, step.height, out)
    }
}

internal class PadStage(private val step: Pad) : Stage() {
    override fun run(image: Picture): Picture {
        refuseTooLarge(image.width.toLong() + step.left + step.right, image.height.toLong() + step.top + step.bottom)
        return pad(image, step.left, step.top, step.right, step.bottom, step.value, out)
    }
}

internal class FlipStage(private val axis: FlipAxis) : Stage() {
    override fun run(image: Picture): Picture = flip(image, axis, out)
}

/** Rescale and normalize where a step on whole pictures follows. */
internal class FloatStage(private val steps: Array<Pointwise>) : Stage() {
    private var line = FloatArray(0)

    override fun run(image: Picture): Picture {
        val count = image.width * image.channels
        line = grown(line, count)
        out.allocated(image.width, image.height, image.channels, floating = true)
        for (y in 0 until image.height) {
            rowOf(image, y, line)
            for (each in steps) each.change(line, count, image.channels)
            System.arraycopy(line, 0, out.floats, y * out.row, count)
        }
        return out
    }
}
