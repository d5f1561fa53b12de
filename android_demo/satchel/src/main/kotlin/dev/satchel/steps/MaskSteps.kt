package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf

/** What a mask is resized to: a size, or the photo that its input was made from. */
public enum class MaskTarget(override val word: String) : Word {
    SIZE("size"),
    PHOTO("photo"),
}

/** Scores of c classes at each place -> the class of each; one channel needs a [threshold]. */
public data class ArgmaxMask internal constructor(val layout: Order, val threshold: Double?) : OutputStep {
    override val op: String get() = "argmax_mask"
}

/** Scores (before argmax_mask) or classes (behind it) -> the same at [width] x [height], or of the photo of [input]. */
public data class ResizeMask internal constructor(
    val method: ResizeMethod,
    val to: MaskTarget,
    val layout: Order?,
    val width: Int?,
    val height: Int?,
    val input: String?,
) : OutputStep {
    override val op: String get() = "resize_mask"
}

private fun fieldsFit(step: ResizeMask, path: String) {
    val sized = step.to == MaskTarget.SIZE
    need((step.width != null) == sized, path, "to 'size' and 'width' come together")
    need((step.height != null) == sized, path, "to 'size' and 'height' come together")
    need((step.input != null) != sized, path, "to 'photo' and 'input' come together")
}

internal val MASK_STEPS: Map<String, Kind<OutputStep>> = mapOf(
    "argmax_mask" to step { ArgmaxMask(field("layout", planeOrder), optional("threshold", number())) },
    "resize_mask" to step(::fieldsFit) {
        ResizeMask(
            field("method", oneOf(listOf(ResizeMethod.TF_NEAREST, ResizeMethod.TF_BILINEAR))),
            field("to", oneOf(MaskTarget.entries)),
            optional("layout", planeOrder),
            optional("width", side),
            optional("height", side),
            optional("input", NAME),
        )
    },
)
