package dev.satchel.app.state

import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.camera.Facing
import dev.satchel.app.engines.Engines
import dev.satchel.app.settings.Settings

/** All that the app knows; screens show parts of it. */
internal data class Held(
    val settings: Settings,
    val samples: List<String>,
    val started: Boolean = false,
    val screen: Screen = Screen.PHOTO,
    val model: Model = Model.None,
    val entries: List<ShelfEntry> = emptyList(),
    val open: String? = null,
    val ref: PhotoRef? = null,
    val photo: PhotoState = PhotoState.Waiting,
    val facing: Facing = Facing.BACK,
    val granted: Boolean? = null,
    val live: Live? = null,
    val cameraProblem: Problem? = null,
    val fetch: FetchState = FetchState.Idle,
    val scanning: Boolean = false,
    val link: String? = null,
)

/** Gives the state on another screen: what went wrong on the one before is forgotten. */
internal fun Held.at(screen: Screen): Held = copy(
    screen = screen,
    model = (model as? Model.Ready)?.copy(failed = null) ?: model,
    scanning = false,
    cameraProblem = null,
    fetch = if (fetch.rests) FetchState.Idle else fetch,
)

/** Gives the state where another app was asked for something, and could not give it. */
internal fun Held.failed(problem: Problem): Held =
    if (screen == Screen.BUNDLES) copy(fetch = FetchState.Failed(problem)) else copy(photo = PhotoState.Failed(problem))

/** What outlives the process: where a person was, and the photo that was asked about. */
data class Saved(val screen: Screen, val photo: PhotoRef?, val facing: Facing)

/** Whether nothing is under way. */
internal val FetchState.rests: Boolean get() = this !is FetchState.Fetching

internal fun factsOf(model: Model): Facts? = when (model) {
    is Model.Checking -> model.facts
    is Model.Ready -> model.facts
    is Model.Refused -> model.facts
    is Model.None, is Model.Opening -> null
}

/** Gives whether the camera may be used; null until a person was asked. */
internal fun known(before: Boolean?, event: Event.CameraKnown): Boolean? = when {
    event.granted -> true
    event.asked -> false
    before == true -> null
    else -> before
}

/** Gives what is on the screen. */
internal fun shown(held: Held, engines: Engines): UiState = with(held) {
    when (screen) {
        Screen.PHOTO -> UiState.Photo(model, photoOf(this), samples, settings.score)
        Screen.CAMERA -> cameraOf(this)
        Screen.BUNDLES -> UiState.Bundles(model, entries, open, fetch, if (scanning) scanOf(this) else null, link)
        Screen.CHECK -> UiState.Check(model)
        Screen.SETTINGS -> UiState.Setting(model, settings, engines.candidates())
    }
}

/** Where the model cannot answer, the photo's place says why. */
private fun photoOf(held: Held): PhotoState {
    val model = held.model
    val facts = factsOf(model)
    return when {
        model is Model.Refused -> PhotoState.Failed(model.problem)
        facts != null && !facts.looks -> PhotoState.Failed(Problem(Trouble.NOT_A_PHOTO_MODEL))
        else -> held.photo
    }
}

private fun cameraOf(held: Held): UiState.Camera {
    val ready = held.model as? Model.Ready
    val problem = when {
        held.model is Model.Refused -> held.model.problem
        ready != null && !ready.facts.looks -> Problem(Trouble.NOT_A_PHOTO_MODEL)
        held.granted == false -> Problem(Trouble.CAMERA_REFUSED)
        else -> held.cameraProblem
    }
    val running = problem == null && held.granted == true && ready != null
    val live = held.live.takeIf { running }
    return UiState.Camera(held.model, held.facing, held.granted != null, running, live, problem, held.settings.score)
}

private fun scanOf(held: Held): ScanState {
    val problem = if (held.granted == false) Problem(Trouble.CAMERA_REFUSED) else held.cameraProblem
    return ScanState(problem == null && held.granted == true, problem)
}
