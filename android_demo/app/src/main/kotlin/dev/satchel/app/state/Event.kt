package dev.satchel.app.state

import android.net.Uri
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.camera.CameraProblem
import dev.satchel.app.camera.Facing
import dev.satchel.app.settings.Settings

/** What a person does, or the phone tells. */
sealed interface Event {
    data class Go(val screen: Screen) : Event

    data class Show(val photo: PhotoRef) : Event

    data class PhotoFailed(val problem: Problem) : Event

    /** No app of the phone does what was asked for. */
    data object NoApp : Event

    data class Open(val entry: ShelfEntry) : Event

    data class AddFile(val uri: Uri) : Event

    data class Fetch(val address: String) : Event

    /** A link to a bundle was followed: its address is shown, and fetched only when that is asked for. */
    data class Link(val address: String) : Event

    data object CancelFetch : Event

    data class Scan(val on: Boolean) : Event

    data class Remove(val entry: ShelfEntry) : Event

    data object CheckAnew : Event

    data class Set(val settings: Settings) : Event

    data class Turn(val facing: Facing) : Event

    /**
     * @property granted whether the camera may be used.
     * @property asked whether a person was asked: only then "no" is an answer.
     */
    data class CameraKnown(val granted: Boolean, val asked: Boolean) : Event

    data class CameraFailed(val problem: CameraProblem) : Event
}

/** A photo that can be read again: after a turn, with another model, or when the app's process is new. */
sealed interface PhotoRef {
    /** One that was picked, or taken: this app's own provider has those. */
    data class Stored(val uri: Uri) : PhotoRef

    /** One that the app brings along. */
    data class Sample(val name: String) : PhotoRef

    companion object {
        private const val SAMPLE = "sample:"

        /** Gives a text that [parse] takes. */
        fun text(photo: PhotoRef): String = when (photo) {
            is Stored -> photo.uri.toString()
            is Sample -> SAMPLE + photo.name
        }

        fun parse(text: String): PhotoRef = if (text.startsWith(SAMPLE)) Sample(text.removePrefix(SAMPLE)) else Stored(Uri.parse(text))
    }
}
