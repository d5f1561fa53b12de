package dev.satchel.app.photos

import android.graphics.Bitmap
import dev.satchel.Photo

/** The longest side of what is shown of a photo; models get all of it. */
private const val SHOWN = 1440

/** Gives a photo for the screen, of every n-th pixel where it is large: it is looked at, and no model gets it. */
fun forScreen(photo: Photo): Pixels {
    val step = maxOf(1, (maxOf(photo.width, photo.height) + SHOWN - 1) / SHOWN)
    val width = (photo.width + step - 1) / step
    val height = (photo.height + step - 1) / step
    val rgb = photo.pixels
    return Pixels(
        IntArray(width * height) { place ->
            val at = 3 * (place / width * step * photo.width + place % width * step)
            (0xFF shl 24) or (rgb[at].toInt() and 255 shl 16) or (rgb[at + 1].toInt() and 255 shl 8) or (rgb[at + 2].toInt() and 255)
        },
        width,
        height,
    )
}

/** Gives pixels as the screen draws them. */
fun bitmapOf(pixels: Pixels): Bitmap = Bitmap.createBitmap(pixels.argb, pixels.width, pixels.height, Bitmap.Config.ARGB_8888)
