package dev.satchel.app.state

import android.graphics.Bitmap
import dev.satchel.Answer
import dev.satchel.Task
import dev.satchel.app.bundles.Offer
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.camera.Facing
import dev.satchel.app.camera.Pace
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.Unmet

/** The screens that the bar below leads to. */
enum class Screen { PHOTO, CAMERA, BUNDLES, CHECK, SETTINGS }

/** What the app shows: one of these at any time, and nothing else decides what is on the screen. */
sealed interface UiState {
    val screen: Screen

    /** The bundle that is open, above every screen. */
    val model: Model

    data class Photo(override val model: Model, val photo: PhotoState, val samples: List<String>, val score: Float) : UiState {
        override val screen get() = Screen.PHOTO
    }

    /**
     * @property asked whether it is known if the camera may be used.
     * @property running whether the camera is to run: it may be used, and there is a model for its frames.
     */
    data class Camera(
        override val model: Model,
        val facing: Facing,
        val asked: Boolean,
        val running: Boolean,
        val live: Live?,
        val problem: Problem?,
        val score: Float,
    ) : UiState {
        override val screen get() = Screen.CAMERA
    }

    /**
     * @property scan null unless the camera looks for a QR code.
     * @property link the address of the last link that was followed.
     */
    data class Bundles(
        override val model: Model,
        val entries: List<ShelfEntry>,
        val open: String?,
        val fetch: FetchState,
        val scan: ScanState?,
        val link: String? = null,
    ) : UiState {
        override val screen get() = Screen.BUNDLES
    }

    data class Check(override val model: Model) : UiState {
        override val screen get() = Screen.CHECK
    }

    data class Setting(override val model: Model, val settings: Settings, val candidates: List<Candidate>) : UiState {
        override val screen get() = Screen.SETTINGS
    }
}

/**
 * What people are told of a bundle.
 *
 * @property kind what its first input takes: photo, frame, row or signal.
 * @property artefacts bytes of each artefact that a phone can run, by its id.
 */
data class Facts(
    val name: String,
    val version: String,
    val task: Task,
    val kind: String,
    val description: String,
    val license: String,
    val digest: String,
    val artefacts: Map<String, Long>,
) {
    /** Whether it can be asked about photos and frames. */
    val looks: Boolean get() = kind == "photo" || kind == "frame"
}

/** The bundle that is open, or on its way. */
sealed interface Model {
    val name: String

    data object None : Model {
        override val name get() = ""
    }

    data class Opening(override val name: String) : Model

    /** The first start of a bundle, or a check that was asked for. */
    data class Checking(val facts: Facts, val cells: List<Cell>, val done: Int, val of: Int) : Model {
        override val name get() = facts.name
    }

    /**
     * @property used the cell that runs; another than the check's where something is set.
     * @property unmet why something is set and does not run; null where all that is set does.
     * @property failed the cell that failed while it was in use, as long as people are told of it: [used] runs in its place.
     */
    data class Ready(
        val facts: Facts,
        val choice: Choice,
        val used: Cell,
        val unmet: Unmet? = null,
        val failed: Cell? = null,
    ) : Model {
        override val name get() = facts.name
    }

    /** @property choice the table, where one was made: no cell of it is right. */
    data class Refused(override val name: String, val problem: Problem, val facts: Facts? = null, val choice: Choice? = null) : Model
}

/** Milliseconds of each stage from the file to the answer. */
data class Times(val decode: Double, val prepare: Double, val infer: Double, val read: Double) {
    val total: Double get() = decode + prepare + infer + read
}

/** What became of a photo. */
sealed interface PhotoState {
    data object Waiting : PhotoState

    /** @property shown the photo before it, or the same one that is answered anew; null where there was none. */
    data class Busy(val shown: Answered?) : PhotoState

    /**
     * @property picture the photo for the screen; its places are those of [width] x [height] pixels.
     * @property seen what the model saw; null where it was no picture.
     */
    data class Answered(
        val name: String,
        val picture: Bitmap,
        val width: Int,
        val height: Int,
        val answer: Answer,
        val seen: Bitmap?,
        val times: Times,
        val by: Cell,
    ) : PhotoState

    data class Failed(val problem: Problem) : PhotoState
}

/**
 * What the camera's last frame gave.
 *
 * @property width of the picture that the model saw; its places are in that.
 * @property turned the degrees by which that picture is turned clockwise from the frame.
 * @property pace null before the second frame.
 */
data class Live(val answer: Answer, val width: Int, val height: Int, val turned: Int, val pace: Pace?)

/** A camera that looks for a QR code; [running] is as in [UiState.Camera]. */
data class ScanState(val running: Boolean, val problem: Problem?)

/** What became of a bundle that is opened from a file or fetched. */
sealed interface FetchState {
    data object Idle : FetchState

    /** @property of bytes that there are in all; null where nobody said. */
    data class Fetching(val bytes: Long, val of: Long?) : FetchState

    /** A server was asked that has several bundles: one is to be chosen. */
    data class Offered(val offers: List<Offer>) : FetchState

    data class Failed(val problem: Problem) : FetchState

    data class Done(val name: String) : FetchState
}
