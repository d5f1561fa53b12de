package dev.satchel.app.views

import android.view.View
import android.widget.Button
import dev.satchel.Frame
import dev.satchel.app.R
import dev.satchel.app.camera.CameraProblem
import dev.satchel.app.camera.Facing
import dev.satchel.app.camera.LiveCamera
import dev.satchel.app.camera.Pace
import dev.satchel.app.camera.PreviewGeometry
import dev.satchel.app.state.Event
import dev.satchel.app.state.Live
import dev.satchel.app.state.Model
import dev.satchel.app.state.Trouble
import dev.satchel.app.state.UiState

/** What the camera sees, and what the model says of it. */
internal class CameraScreen(private val root: View, private val actions: Actions) : ScreenView, LiveCamera.Listener {
    private val overlay: AnswerOverlay = root.find(R.id.camera_overlay)
    private val allow: Button = root.find(R.id.allow)
    private val camera = LiveCamera(root.find(R.id.preview), actions.worker, this)
    private val notice = Notice(root)
    private val answer = AnswerPart(root)
    private val times = TimesPart(root)
    private val words = Words(root.resources)
    private val speech = Speech()
    private var geometry: PreviewGeometry? = null
    private var state: UiState.Camera? = null
    private var resumed = false

    init {
        root.find<View>(R.id.best).accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_NONE
        root.find<View>(R.id.turn).setOnClickListener {
            val other = if (state?.facing == Facing.BACK) Facing.FRONT else Facing.BACK
            actions.send(Event.Turn(other))
        }
        allow.setOnClickListener { actions.askCamera() }
    }

    override fun show(state: UiState) {
        val now = (state as UiState.Camera).also { this.state = it }
        run()
        notice.show(now.problem)
        val trouble = now.problem?.trouble
        // The question may have gone without an answer, and is not put again by itself.
        val unasked = trouble == null && !now.asked
        allow.visible(unasked || trouble in ASKED)
        allow.setText(if (unasked || trouble == Trouble.CAMERA_REFUSED) R.string.camera_allow else R.string.camera_again)
        val starting = root.text(R.id.camera_starting)
        starting.visible(now.live == null)
        val waits = if (now.model is Model.Ready) R.string.camera_starting else R.string.camera_waiting
        starting.say(if (now.problem == null) root.resources.getString(waits) else "")
        root.find<View>(R.id.preview).visible(now.running)
        root.find<View>(R.id.turn).visible(now.running || trouble == Trouble.NO_CAMERA)
        overlay.score = now.score
        root.find<View>(R.id.result).visible(now.live != null)
        val live = now.live
        if (live == null) overlay.clear() else showLive(live, now)
        showPace(live?.pace)
    }

    override fun resume() {
        resumed = true
        run()
    }

    override fun pause() {
        resumed = false
        run()
    }

    override fun onFrame(frame: Frame) = actions.answer(frame)

    override fun onProblem(problem: CameraProblem) = actions.send(Event.CameraFailed(problem))

    override fun onGeometry(geometry: PreviewGeometry) {
        this.geometry = geometry
        state?.live?.let { overlay.move(geometry.placement(it.turned)) }
    }

    private fun run() {
        val now = state
        if (resumed && now != null && now.running) camera.start(now.facing) else camera.stop()
    }

    private fun showLive(live: Live, now: UiState.Camera) {
        speak(answer.show(live.answer, now.score))
        geometry?.let { overlay.show(live.answer, it.placement(live.turned), live.width, live.height) }
        val used = (now.model as? Model.Ready)?.used ?: return
        val pace = live.pace
        root.find<View>(R.id.times).visible(pace != null)
        if (pace != null) times.show(R.string.times_frame, stagesOf(pace), words.runs(used))
    }

    /** Has the answer spoken when that is due; the views themselves, which change with every frame, are silent. */
    private fun speak(text: AnswerText) {
        val first = text.rows.firstOrNull()?.label.orEmpty()
        if (!speech.due("${text.best} $first", System.nanoTime())) return
        val more = text.value.ifEmpty { first.takeIf { it != text.best }.orEmpty() }
        root.announceForAccessibility(if (more.isEmpty()) text.best else root.resources.getString(R.string.answer_spoken, text.best, more))
    }

    private fun showPace(pace: Pace?) = with(root.text(R.id.pace)) {
        visible(pace != null)
        if (pace != null) say(resources.getString(R.string.camera_pace, words.pace(pace.framesASecond)))
    }

    private fun stagesOf(pace: Pace) = listOf(
        Triple(R.string.stage_prepare, R.color.stage_prepare, pace.prepare),
        Triple(R.string.stage_infer, R.color.stage_infer, pace.infer),
        Triple(R.string.stage_read, R.color.stage_read, pace.read),
    )

    private companion object {
        /** What the button below the notice may mend. */
        val ASKED = setOf(
            Trouble.CAMERA_REFUSED,
            Trouble.CAMERA_DISABLED,
            Trouble.CAMERA_IN_USE,
            Trouble.CAMERA_GONE,
            Trouble.CAMERA_BROKEN,
        )
    }
}
