package dev.satchel.families

import dev.satchel.Input
import dev.satchel.SatchelException

/** The families by the ops that begin their steps; behind columns, the other steps say which one it is. */
private val FIRST: Map<String, Family> = mapOf(
    "decode" to PhotoFamily,
    "yuv_to_rgb" to FrameFamily,
    "columns" to RowFamily,
    "resample" to SignalFamily,
    "detrend" to SignalFamily,
    "window" to SignalFamily,
    "standardize" to SignalFamily,
    "layout" to SignalFamily,
)

/**
 * Gives the family of an input.
 *
 * @throws SatchelException spec/impossible-step, when its first step begins no family.
 */
internal fun familyOf(input: Input, where: String = "$.inputs[0]"): Family {
    val first = input.steps.firstOrNull()?.op
    if (first == "columns" && isSignal(input.steps)) return SignalFamily
    return FIRST[first] ?: throw SatchelException(
        "spec/impossible-step",
        "expected one of ${FIRST.keys.joinToString()} as the first step, found ${first ?: "no steps"}",
        where,
        "Begin with decode for a photo, yuv_to_rgb for a camera's frame, columns for a row, window for a signal.",
    )
}
