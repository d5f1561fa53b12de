package dev.satchel.app.screens

import android.content.Context
import android.graphics.Rect
import android.view.Surface
import android.view.View
import dev.satchel.app.R
import org.junit.Assert.assertTrue
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDisplay

/** What the phone of the pictures is: its size, upright, in light colours. */
const val PHONE = "w411dp-h891dp-port-notnight-xhdpi"

private const val STEP = 7
private const val LEAST_COLOURS = 12

/**
 * How the phone is set and held when its screens are drawn.
 *
 * @property rotation of the display, as Display.getRotation() gives it.
 */
enum class Dress(private val qualifiers: String, private val letters: Float = 1f, val rotation: Int = Surface.ROTATION_0) {
    LIGHT(PHONE),
    DARK(PHONE.replace("notnight", "night")),
    LARGE(PHONE, letters = 2f),
    LYING("w891dp-h411dp-land-notnight-xhdpi", rotation = Surface.ROTATION_90),
    ;

    /** Sets the phone so; what is started then is drawn so. */
    fun wear() {
        RuntimeEnvironment.setQualifiers(qualifiers)
        RuntimeEnvironment.setFontScale(letters)
        shadowOf(ShadowDisplay.getDefaultDisplay()).setRotation(rotation)
    }
}

/** Ends the app and forgets all that it has kept: the next one that is launched begins anew. */
fun Launched.endForGood() {
    end()
    (app as TestApp).end()
    for (name in listOf("settings", "checks")) app.getSharedPreferences(name, Context.MODE_PRIVATE).edit().clear().commit()
}

/** Keeps a picture of the screen, and holds it against the emptiness that a crash or a missing theme would leave. */
fun Launched.draw(dress: Dress, screen: String) {
    val name = "${dress.name.lowercase()}-$screen"
    val picture = shot(name)
    val colours = HashSet<Int>()
    for (y in 0 until picture.height step STEP) for (x in 0 until picture.width step STEP) colours += picture.getPixel(x, y)
    assertTrue("$name has ${colours.size} colours", colours.size > LEAST_COLOURS)
}

/** Keeps a picture of a screen where something went wrong: why must stand where a person sees it without looking for it. */
fun Launched.drawTrouble(dress: Dress, screen: String, id: Int = R.id.notice_title) {
    settle()
    val words = view<View>(id)
    val place = Rect()
    assertTrue("$dress $screen: no sentence", words.isShown)
    assertTrue("$dress $screen: its sentence is out of sight", words.getGlobalVisibleRect(place) && place.height() == words.height)
    draw(dress, screen)
}
