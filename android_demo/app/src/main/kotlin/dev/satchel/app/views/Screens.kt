package dev.satchel.app.views

import android.view.LayoutInflater
import android.view.ViewGroup
import dev.satchel.Frame
import dev.satchel.app.R
import dev.satchel.app.state.Event
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import java.util.concurrent.Executor

/** What screens ask of the activity that shows them. */
interface Actions {
    fun send(event: Event)

    /** Lets a person choose a photo. */
    fun choosePhoto()

    /** Lets a person take a photo with the camera app. */
    fun takePhoto()

    /** Lets a person choose a bundle's file. */
    fun chooseBundle()

    /** Asks for the camera, where it is not allowed. */
    fun askCamera()

    /** Where frames are worked on. */
    val worker: Executor

    /** Answers a frame, on the worker. */
    fun answer(frame: Frame)
}

/** One screen, as long as it is shown. */
internal interface ScreenView {
    /** Shows a state of this screen. */
    fun show(state: UiState)

    /** The activity is before people's eyes, or no longer: the camera runs only between. */
    fun resume() = Unit

    fun pause() = Unit
}

/** Puts a screen into a place that it fills. */
internal fun screenOf(screen: Screen, place: ViewGroup, actions: Actions): ScreenView {
    place.removeAllViews()
    val layout = when (screen) {
        Screen.PHOTO -> R.layout.screen_photo
        Screen.CAMERA -> R.layout.screen_camera
        Screen.BUNDLES -> R.layout.screen_bundles
        Screen.CHECK -> R.layout.screen_check
        Screen.SETTINGS -> R.layout.screen_settings
    }
    val root = LayoutInflater.from(place.context).inflate(layout, place, false)
    place.addView(root)
    return when (screen) {
        Screen.PHOTO -> PhotoScreen(root, actions)
        Screen.CAMERA -> CameraScreen(root, actions)
        Screen.BUNDLES -> BundlesScreen(root, actions)
        Screen.CHECK -> CheckScreen(root, actions)
        Screen.SETTINGS -> SettingsScreen(root, actions)
    }
}
