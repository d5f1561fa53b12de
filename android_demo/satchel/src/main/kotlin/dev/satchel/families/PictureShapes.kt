package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.SatchelException
import dev.satchel.ops.centralLength
import dev.satchel.steps.CenterOfMass
import dev.satchel.steps.Color
import dev.satchel.steps.Colour
import dev.satchel.steps.Crop
import dev.satchel.steps.CropContent
import dev.satchel.steps.Fit
import dev.satchel.steps.Flip
import dev.satchel.steps.InputStep
import dev.satchel.steps.Layout
import dev.satchel.steps.Normalize
import dev.satchel.steps.Order
import dev.satchel.steps.Pad
import dev.satchel.steps.Rescale
import dev.satchel.steps.Resize

/** The share of the range by which values may be away from its ends. */
private const val RANGE_TOLERANCE = 0.02

/**
 * What a picture is between two steps.
 *
 * @property height null where it depends on the photo.
 * @property width likewise.
 * @property low what 0 has become; null where that is not known: behind a normalize.
 * @property high what 255 has become.
 */
internal data class PictureShape(
    val height: Int? = null,
    val width: Int? = null,
    val channels: Int = 3,
    override val dtype: Dtype = Dtype.UINT8,
    override val layout: Order = Order.NHWC,
    val colours: Colour = Colour.RGB,
    val low: Double? = 0.0,
    val high: Double? = 255.0,
) : Shape {
    override val shape: List<Int?>
        get() = if (layout == Order.NCHW) listOf(channels, height, width) else listOf(height, width, channels)
}

/** Gives what each step of a picture gives; [where] is the JSON path of the input. */
internal fun pictureShapes(steps: List<InputStep>, where: String): List<PictureShape> =
    checkedSteps(steps, PictureShape(), where) { step, before -> after(step, before) }

private fun after(step: InputStep, before: PictureShape): PictureShape = when (step) {
    is Color -> afterColor(step, before)
    is Resize -> afterResize(step, before)
    is Crop -> afterCrop(step, before)
    is CropContent -> afterCropContent(step, before)
    is CenterOfMass -> before.also { needChannelsLast(step, it) }.copy(height = step.height, width = step.width)
    is Pad -> afterPad(step, before)
    is Flip -> before.also { needChannelsLast(step, it) }
    is Rescale -> afterRescale(step, before)
    is Normalize -> afterNormalize(step, before)
    is Layout -> afterLayout(step, before)
    else -> throw impossible("${step.op} is no step of a picture", "Begin with it, or leave it out.")
}

private fun afterColor(step: Color, before: PictureShape): PictureShape {
    needChannelsLast(step, before)
    needBytes("color", before)
    if (before.colours == Colour.GRAY && step.to != Colour.GRAY) {
        throw impossible("color cannot make ${step.to.word} of GRAY", "Take the step that makes it grey away.")
    }
    return before.copy(colours = step.to, channels = if (step.to == Colour.GRAY) 1 else 3)
}

private fun afterResize(step: Resize, before: PictureShape): PictureShape {
    needChannelsLast(step, before)
    val floats = step.method.library == "tf"
    if (!floats) needBytes("resize with ${step.method.word}", before)
    step.padValue?.let { needOneAChannel("pad_value", it.size, before.channels) }
    val dtype = if (floats) Dtype.FLOAT32 else before.dtype
    if (step.fit == Fit.SHORTER_SIDE) return before.copy(height = null, width = null, dtype = dtype)
    return before.copy(height = step.height, width = step.width, dtype = dtype)
}

private fun afterCrop(step: Crop, before: PictureShape): PictureShape {
    needChannelsLast(step, before)
    if (step.centralFraction != null) {
        return before.copy(
            height = before.height?.let { centralLength(it, step.centralFraction) },
            width = before.width?.let { centralLength(it, step.centralFraction) },
        )
    }
    val (width, height) = step.width!! to step.height!!
    if (width > (before.width ?: width) || height > (before.height ?: height)) {
        val message = "the crop takes $width x $height pixels, the step before it gives ${before.width} x ${before.height}"
        throw SatchelException("spec/crop-too-large", message, hint = "Resize to at least the crop, or crop less.")
    }
    return before.copy(height = height, width = width)
}

private fun afterCropContent(step: CropContent, before: PictureShape): PictureShape {
    needChannelsLast(step, before)
    needBinary32("threshold", listOf(step.threshold), divides = false)
    return before.copy(height = null, width = null)
}

private fun afterPad(step: Pad, before: PictureShape): PictureShape {
    needChannelsLast(step, before)
    needOneAChannel("value", step.value.size, before.channels)
    return before.copy(
        height = before.height?.let { it + step.top + step.bottom },
        width = before.width?.let { it + step.left + step.right },
    )
}

private fun afterRescale(step: Rescale, before: PictureShape): PictureShape {
    needBinary32("factor", listOfNotNull(step.factor), divides = false)
    needBinary32("divisor", listOfNotNull(step.divisor), divides = true)
    needBinary32("offset", listOf(step.offset), divides = false)
    val moved = { x: Double -> (if (step.factor != null) x * step.factor else x / step.divisor!!) + step.offset }
    return before.copy(dtype = Dtype.FLOAT32, low = before.low?.let(moved), high = before.high?.let(moved))
}

private fun afterNormalize(step: Normalize, before: PictureShape): PictureShape {
    needOneAChannel("mean", step.mean.size, before.channels)
    needOneAChannel("std", step.std.size, before.channels)
    needBinary32("mean", step.mean, divides = false)
    needBinary32("std", step.std, divides = true)
    val slack = RANGE_TOLERANCE * (step.range.high - step.range.low)
    val (low, high) = (before.low ?: step.range.low) to (before.high ?: step.range.high)
    if (Math.abs(low - step.range.low) > slack || Math.abs(high - step.range.high) > slack) {
        throw SatchelException(
            "spec/range-mismatch",
            "mean and std are for values of ${step.range.word}, the steps before give $low..$high",
            hint = "Rescale to ${step.range.word} first, or give mean and std for $low..$high.",
        )
    }
    return before.copy(dtype = Dtype.FLOAT32, low = null, high = null)
}

private fun afterLayout(step: Layout, before: PictureShape): PictureShape {
    if (step.to != Order.NHWC && step.to != Order.NCHW) {
        throw impossible("${step.to.word} is a layout of signals", "A picture is NHWC or NCHW.")
    }
    return before.copy(layout = step.to)
}

private fun needChannelsLast(step: InputStep, before: PictureShape) {
    if (before.layout == Order.NHWC) return
    throw impossible("${step.op} takes [h, w, c], the step before it gives NCHW", "Put layout behind it.")
}

private fun needBytes(what: String, before: PictureShape) {
    if (before.dtype == Dtype.UINT8) return
    throw impossible("$what takes uint8, the step before it gives float32", "Put it before the steps that make float32 values.")
}

private fun needOneAChannel(what: String, count: Int, channels: Int) {
    if (count == 1 || count == channels) return
    val message = "$what has $count values, the picture has $channels channels"
    throw SatchelException("spec/channel-count", message, hint = "Give one value, or one a channel.")
}

/** Refuses a value that becomes infinite when it is rounded to binary32, or 0 where that may not be. */
private fun needBinary32(what: String, values: List<Double>, divides: Boolean) {
    for (each in values) {
        val found = each.toFloat()
        if (!found.isInfinite() && !(divides && found == 0f)) continue
        val message = "$what is $each, which is ${if (found == 0f) "0" else "infinite"} in binary32"
        throw SatchelException("spec/out-of-range", message, hint = "Give a value that binary32 can hold.")
    }
}

private fun impossible(message: String, hint: String) = SatchelException("spec/impossible-step", message, hint = hint)
