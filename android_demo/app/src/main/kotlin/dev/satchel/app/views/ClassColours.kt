package dev.satchel.app.views

import android.graphics.Color
import kotlin.math.max
import kotlin.math.roundToInt

/** Drawn below everything else, and written with on what is light. */
internal val DARK = Color.rgb(16, 18, 24)

/** Gives the colour of a class: neighbours are far apart on the wheel, and all are bright. */
internal fun colourOf(index: Int): Int {
    val saturation = if (index % 2 == 0) 0.62 else 0.78
    val at = (0.932 + index * 0.61803398875) % 1 * 6
    val (red, green, blue) = listOf(5, 3, 1).map { offset ->
        val k = (offset + at) % 6
        (255 * (1 - saturation * max(0.0, minOf(k, 4 - k, 1.0)))).roundToInt()
    }
    return Color.rgb(red, green, blue)
}

/** Gives what is read best on a colour: dark or white. */
internal fun inkOn(colour: Int): Int {
    val light = 0.299 * Color.red(colour) + 0.587 * Color.green(colour) + 0.114 * Color.blue(colour)
    return if (light > 130) DARK else Color.WHITE
}
