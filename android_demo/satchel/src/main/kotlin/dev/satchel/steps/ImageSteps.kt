package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.SatchelException
import dev.satchel.Word
import dev.satchel.exactly
import dev.satchel.list
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneNumberOf
import dev.satchel.oneOf

/** The order of the colours of a picture. */
public enum class Colour(override val word: String) : Word {
    RGB("RGB"),
    BGR("BGR"),
    GRAY("GRAY"),
}

/** How the planes of a camera's frame lie in memory. */
public enum class FrameFormat(override val word: String) : Word {
    NV21("NV21"),
    YUV_420_888("YUV_420_888"),
}

/** Which values a camera uses: all of 0..255, or 16..235 and 16..240. */
public enum class FrameRange(override val word: String) : Word {
    FULL("full"),
    LIMITED("limited"),
    ;

    public companion object {
        /**
         * Gives the range of a word.
         *
         * @throws SatchelException input/wrong-frame.
         */
        public fun named(word: String): FrameRange = entries.find { it.word == word } ?: throw SatchelException(
            "input/wrong-frame",
            "expected a range of ${entries.joinToString(" or ") { it.word }}, found '$word'",
        )
    }
}

/** The resizing algorithms, each named with the library that it is equal to. */
public enum class ResizeMethod(override val word: String) : Word {
    PILLOW_NEAREST("pillow.nearest"),
    PILLOW_BOX("pillow.box"),
    PILLOW_BILINEAR("pillow.bilinear"),
    PILLOW_HAMMING("pillow.hamming"),
    PILLOW_BICUBIC("pillow.bicubic"),
    PILLOW_LANCZOS("pillow.lanczos"),
    TF_BILINEAR("tf.bilinear"),
    TF_BILINEAR_ANTIALIAS("tf.bilinear_antialias"),
    TF_NEAREST("tf.nearest"),
    TF_BICUBIC("tf.bicubic"),
    TF_AREA("tf.area"),
    OPENCV_LINEAR("opencv.linear"),
    OPENCV_AREA("opencv.area"),
    OPENCV_NEAREST("opencv.nearest"),
    ;

    /** The library: pillow, tf or opencv. */
    internal val library: String get() = word.substringBefore('.')
}

/** How a picture of one shape becomes one of another; `used` are the fields of the step that it needs. */
public enum class Fit(override val word: String, internal val used: Set<String>) : Word {
    STRETCH("stretch", setOf("width", "height")),
    COVER("cover", setOf("width", "height", "side_rounding", "offset_rounding")),
    CONTAIN("contain", setOf("width", "height", "side_rounding", "pad_value")),
    SHORTER_SIDE("shorter_side", setOf("side", "side_rounding")),
}

/** The range of the values that a mean was made for, with its ends. */
public enum class ValueRange(override val word: String, internal val low: Double, internal val high: Double) : Word {
    BYTES("0..255", 0.0, 255.0),
    SHARES("0..1", 0.0, 1.0),
    SIGNED("-1..1", -1.0, 1.0),
}

/** Which way a picture is mirrored. */
public enum class FlipAxis(override val word: String) : Word {
    HORIZONTAL("horizontal"),
    VERTICAL("vertical"),
}

/** Encoded photo -> uint8 [height, width, 3], RGB, upright; alpha is composited over [background]. */
public data class Decode internal constructor(val background: List<Int>) : InputStep {
    override val op: String get() = "decode"
}

/** Camera frame -> uint8 [height, width, 3], RGB, turned clockwise by [rotation] degrees. */
public data class YuvToRgb internal constructor(
    val format: FrameFormat,
    val range: FrameRange,
    val rotation: Int,
) : InputStep {
    override val op: String get() = "yuv_to_rgb"
}

/** RGB -> BGR (channels reversed) or GRAY (one channel, Pillow's L). */
public data class Color internal constructor(val to: Colour) : InputStep {
    override val op: String get() = "color"
}

/** [h, w, c] -> [h', w', c] with the named algorithm; the fields that [fit] does not use are null. */
public data class Resize internal constructor(
    val method: ResizeMethod,
    val fit: Fit,
    val width: Int?,
    val height: Int?,
    val side: Int?,
    val sideRounding: Rounding?,
    val offsetRounding: Rounding?,
    val padValue: List<Int>?,
) : InputStep {
    override val op: String get() = "resize"
}

/** [h, w, c] -> its centre: [width] x [height], or the [centralFraction] of both sides (tf.image.central_crop). */
public data class Crop internal constructor(
    val width: Int?,
    val height: Int?,
    val offsetRounding: Rounding?,
    val centralFraction: Double?,
) : InputStep {
    override val op: String get() = "crop"
}

/** [h, w, c] -> the smallest part that has every pixel of which a channel is above [threshold]. */
public data class CropContent internal constructor(val threshold: Double) : InputStep {
    override val op: String get() = "crop_content"
}

/** [h, w, c] -> [height] x [width] of 0, the pixel that holds the centre of mass at (width div 2, height div 2). */
public data class CenterOfMass internal constructor(val width: Int, val height: Int) : InputStep {
    override val op: String get() = "center_of_mass"
}

/** [h, w, c] -> the same with margins of a constant colour, in pixels. */
public data class Pad internal constructor(
    val left: Int,
    val top: Int,
    val right: Int,
    val bottom: Int,
    val value: List<Int>,
) : InputStep {
    override val op: String get() = "pad"
}

/** x -> x * factor + offset, or x / divisor + offset, in binary32, one rounding an operation. */
public data class Rescale internal constructor(val factor: Double?, val divisor: Double?, val offset: Double) : InputStep {
    override val op: String get() = "rescale"
}

/** x -> (x - mean[c]) / std[c], in binary32; [range] is that of x which mean and std were made for. */
public data class Normalize internal constructor(
    val mean: List<Double>,
    val std: List<Double>,
    val range: ValueRange,
) : InputStep {
    override val op: String get() = "normalize"
}

/** [h, w, c] -> itself (NHWC) or [c, h, w] (NCHW); of a signal [n, c] -> itself (NLC), [c, n] (NCL), or [n] (NL). */
public data class Layout internal constructor(val to: Order) : InputStep {
    override val op: String get() = "layout"
}

/** [h, w, c] -> mirrored: horizontal swaps left and right, vertical top and bottom. */
public data class Flip internal constructor(val axis: FlipAxis) : InputStep {
    override val op: String get() = "flip"
}

private fun fieldsFit(step: Resize, path: String) {
    val fields = linkedMapOf(
        "width" to step.width,
        "height" to step.height,
        "side" to step.side,
        "side_rounding" to step.sideRounding,
        "offset_rounding" to step.offsetRounding,
        "pad_value" to step.padValue,
    )
    for ((name, given) in fields) {
        val uses = name in step.fit.used
        need(given != null || !uses, path, "fit '${step.fit.word}' needs '$name'", "Add '$name' to this step.")
        need(given == null || uses, path, "fit '${step.fit.word}' does not use '$name'", "Remove '$name'.")
    }
    need(oneAChannel(step.padValue ?: listOf(0)), path, "pad_value has one value, or one a channel")
}

private fun sizeOrFraction(step: Crop, path: String) {
    val given = listOfNotNull(step.width, step.height, step.offsetRounding).size
    if (step.centralFraction == null) {
        need(given == 3, path, "a crop needs width, height and offset_rounding, or central_fraction")
    } else {
        need(given == 0, path, "a crop takes central_fraction, or width, height and offset_rounding")
    }
}

private fun exactlyOne(step: Rescale, path: String) {
    need((step.factor == null) != (step.divisor == null), path, "rescale takes exactly one of factor and divisor")
    need(step.factor != 0.0, path, "the factor is 0, which leaves nothing of the picture")
    need(step.divisor != 0.0, path, "the divisor is 0")
}

private fun valueFits(step: Pad, path: String) = need(oneAChannel(step.value), path, "value has one number, or one a channel")

private fun stdDivides(step: Normalize, path: String) =
    need(step.std.none { it == 0.0 }, path, "std holds a 0, by which nothing can be divided")

private fun oneAChannel(values: List<Int>) = values.size == 1 || values.size == 3

/** The ops that version 1.1 of the contract brought. */
internal val LATER_OPS: Set<String> = setOf("crop_content", "center_of_mass")

internal val IMAGE_STEPS: Map<String, Kind<InputStep>> = mapOf(
    "decode" to step { Decode(defaulted("background", exactly(channel, 3), listOf(0, 0, 0))) },
    "yuv_to_rgb" to step {
        YuvToRgb(
            field("format", oneOf(FrameFormat.entries)),
            field("range", oneOf(FrameRange.entries)),
            field("rotation", oneNumberOf(0, 90, 180, 270)),
        )
    },
    "color" to step { Color(field("to", oneOf(Colour.entries))) },
    "resize" to step(::fieldsFit) {
        Resize(
            field("method", oneOf(ResizeMethod.entries)),
            field("fit", oneOf(Fit.entries)),
            optional("width", side),
            optional("height", side),
            optional("side", side),
            optional("side_rounding", rounding),
            optional("offset_rounding", rounding),
            optional("pad_value", list(channel)),
        )
    },
    "crop" to step(::sizeOrFraction) {
        Crop(
            optional("width", side),
            optional("height", side),
            optional("offset_rounding", rounding),
            optional("central_fraction", number(above = 0.0, high = 1.0)),
        )
    },
    "crop_content" to step { CropContent(field("threshold", number())) },
    "center_of_mass" to step { CenterOfMass(field("width", side), field("height", side)) },
    "pad" to step(::valueFits) {
        Pad(field("left", margin), field("top", margin), field("right", margin), field("bottom", margin), field("value", list(channel)))
    },
    "rescale" to step(::exactlyOne) {
        Rescale(optional("factor", number()), optional("divisor", number()), defaulted("offset", number(), 0.0))
    },
    "normalize" to step(::stdDivides) {
        Normalize(
            field("mean", list(number(), 1, 4)),
            field("std", list(number(), 1, 4)),
            field("range", oneOf(ValueRange.entries)),
        )
    },
    "layout" to step { Layout(field("to", oneOf(Order.entries))) },
    "flip" to step { Flip(field("axis", oneOf(FlipAxis.entries))) },
)
