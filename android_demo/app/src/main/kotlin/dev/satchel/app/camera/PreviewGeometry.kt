package dev.satchel.app.camera

/**
 * How a camera's frame, the upright picture that a model sees of it, and the preview lie upon each other.
 *
 * The frame is as the sensor gives it. Turned clockwise by [rotation] it is upright for who looks at the display. The
 * preview of a front camera is a mirror, as people are used to; what the model sees never is.
 *
 * @param frameWidth pixels of the frame; the preview has the same shape.
 * @param sensorOrientation degrees by which the frame is turned clockwise to be upright in the device's natural position.
 * @param displayRotation degrees that the display is turned from that position: 90 times Display.getRotation().
 * @param viewWidth pixels of the view that shows the preview.
 * @param covers whether the preview fills the view and is cut off at its sides; else all of it is seen.
 */
class PreviewGeometry(
    private val frameWidth: Int,
    private val frameHeight: Int,
    private val sensorOrientation: Int,
    private val displayRotation: Int,
    facing: Facing,
    private val viewWidth: Int,
    private val viewHeight: Int,
    covers: Boolean = true,
) {
    private val mirrored = facing == Facing.FRONT

    /** Degrees by which the frame is turned clockwise to be upright: 0, 90, 180 or 270. */
    val rotation: Int = uprightRotation(sensorOrientation, displayRotation, facing)

    private val width = if (rotation % 180 == 0) frameWidth else frameHeight
    private val height = if (rotation % 180 == 0) frameHeight else frameWidth
    private val scale: Float = run {
        val across = viewWidth.toFloat() / width
        val down = viewHeight.toFloat() / height
        if (covers) maxOf(across, down) else minOf(across, down)
    }

    /**
     * Gives where the picture lies in the view that a model saw of a frame.
     *
     * @param turned the degrees by which that picture is turned clockwise from the frame.
     */
    fun placement(turned: Int = rotation): Placement {
        val side = if (mirrored) -scale else scale
        return turnedBy(
            Math.floorMod(rotation - turned, 360),
            if (turned % 180 == 0) frameWidth else frameHeight,
            if (turned % 180 == 0) frameHeight else frameWidth,
            side,
            scale,
        )
    }

    /**
     * Gives the transform of a TextureView.
     *
     * Without one it shows the preview upright for the device's natural position (a front camera's mirrored), stretched over
     * the whole view. With it the picture has its own shape again, and is upright for the display.
     */
    fun texture(): Placement {
        val naturalWidth = if (sensorOrientation % 180 == 0) frameWidth else frameHeight
        val naturalHeight = if (sensorOrientation % 180 == 0) frameHeight else frameWidth
        val across = scale * naturalWidth / viewWidth
        val down = scale * naturalHeight / viewHeight
        return when (displayRotation) {
            0 -> turnedBy(0, viewWidth, viewHeight, across, down)
            180 -> turnedBy(180, viewWidth, viewHeight, across, down)
            else -> turnedBy(360 - displayRotation, viewWidth, viewHeight, down, across)
        }
    }

    /** Gives a [width] x [height] picture turned clockwise, then scaled, with its middle in the view's. */
    private fun turnedBy(degrees: Int, width: Int, height: Int, across: Float, down: Float): Placement {
        val cos = COSINES[degrees / 90]
        val sin = COSINES[(degrees + 270) / 90 % 4]
        val (xx, xy, yx) = Triple(across * cos, -across * sin, down * sin)
        val yy = down * cos
        val x0 = viewWidth / 2f - (xx * width + xy * height) / 2
        val y0 = viewHeight / 2f - (yx * width + yy * height) / 2
        return Placement(xx, xy, x0, yx, yy, y0)
    }

    private companion object {
        val COSINES = floatArrayOf(1f, 0f, -1f, 0f)
    }
}

/**
 * Gives the degrees by which a frame is turned clockwise to be upright for who looks at the display.
 *
 * A turn of the device turns what the back camera sees one way, and what the front camera sees, which looks against it, the other.
 */
fun uprightRotation(sensorOrientation: Int, displayRotation: Int, facing: Facing): Int = when (facing) {
    Facing.BACK -> Math.floorMod(sensorOrientation - displayRotation, 360)
    Facing.FRONT -> Math.floorMod(sensorOrientation + displayRotation, 360)
}
