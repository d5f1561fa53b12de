package dev.satchel.app.camera

import dev.satchel.Frame
import dev.satchel.Spec
import dev.satchel.steps.YuvToRgb

/** Gives the step by which a spec says itself how frames are; null where it is for photos. */
private fun stepOf(spec: Spec): YuvToRgb? = spec.inputs.singleOrNull()?.steps?.firstOrNull() as? YuvToRgb

/**
 * A camera's frames as a spec takes them: what is made of one frame serves every later one in the same memory.
 *
 * A spec for photos takes frames upright, as they are held now. One that begins with `yuv_to_rgb` says itself how frames are
 * turned, which a frame must not contradict; its range it keeps, for that is a matter of fact: the wrong one is refused.
 */
class FramesOfSpec {
    private var from: Frame? = null
    private var made: Frame? = null

    /** Gives a frame as a spec takes it, with the same planes. */
    fun of(spec: Spec, frame: Frame): Frame {
        if (stepOf(spec) == null) return frame
        made?.let { if (from === frame) return it }
        from = frame
        return unturned(frame).also { made = it }
    }
}

/** Gives a frame that does not say how it is turned. */
private fun unturned(frame: Frame) = Frame(
    width = frame.width,
    height = frame.height,
    y = frame.y,
    u = frame.u,
    v = frame.v,
    yRowStride = frame.yRowStride,
    uRowStride = frame.uRowStride,
    vRowStride = frame.vRowStride,
    yPixelStride = frame.yPixelStride,
    uvPixelStride = frame.uvPixelStride,
    range = frame.range,
)

/** Gives the degrees by which the picture that a model sees is turned clockwise from the frame: see [PreviewGeometry.placement]. */
fun turnOf(spec: Spec, frame: Frame): Int = stepOf(spec)?.rotation ?: frame.rotation ?: 0
