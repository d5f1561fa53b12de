package dev.satchel.app.camera

/**
 * Where the places of a picture lie in a view: x' = xx x + xy y + x0, y' = yx x + yy y + y0.
 *
 * Pixel i covers i to i + 1, in the picture as in the view.
 */
class Placement(
    private val xx: Float,
    private val xy: Float,
    private val x0: Float,
    private val yx: Float,
    private val yy: Float,
    private val y0: Float,
) {
    /** Gives x of a place in the view. */
    fun x(x: Float, y: Float): Float = xx * x + xy * y + x0

    /** Gives y of a place in the view. */
    fun y(x: Float, y: Float): Float = yx * x + yy * y + y0

    /**
     * Gives a box of the picture in the view.
     *
     * @param box left, top, right, bottom; right and left change places where the view is mirrored.
     * @param into what the four sides are written to, and is given.
     */
    fun place(box: List<Float>, into: FloatArray = FloatArray(4)): FloatArray {
        val (left, top) = box
        val x = x(left, top)
        val y = y(left, top)
        val across = x(box[2], box[3])
        val down = y(box[2], box[3])
        into[0] = minOf(x, across)
        into[1] = minOf(y, down)
        into[2] = maxOf(x, across)
        into[3] = maxOf(y, down)
        return into
    }

    /** Gives the nine values that android.graphics.Matrix.setValues takes. */
    fun values(): FloatArray = floatArrayOf(xx, xy, x0, yx, yy, y0, 0f, 0f, 1f)

    companion object {
        /** Gives where a picture lies in a view that shows all of it, as large as it can, in its middle. */
        fun fit(width: Int, height: Int, viewWidth: Int, viewHeight: Int): Placement {
            val scale = minOf(viewWidth.toFloat() / width, viewHeight.toFloat() / height)
            return Placement(scale, 0f, (viewWidth - width * scale) / 2, 0f, scale, (viewHeight - height * scale) / 2)
        }
    }
}
