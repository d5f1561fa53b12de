package dev.satchel.app.views

import android.graphics.BitmapFactory
import android.view.View
import android.view.ViewGroup
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.LinearLayout
import dev.satchel.app.R
import dev.satchel.app.camera.Placement
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.UiState
import java.io.IOException

/** A photo and its answer. */
internal class PhotoScreen(private val root: View, private val actions: Actions) : ScreenView {
    private val stage: PhotoStage = root.find(R.id.stage)
    private val picture: PictureView = root.find(R.id.picture)
    private val overlay: AnswerOverlay = root.find(R.id.overlay)
    private val seen: PictureView = root.find(R.id.seen)
    private val notice = Notice(root)
    private val answer = AnswerPart(root)
    private val times = TimesPart(root)
    private val words = Words(root.resources)
    private var samples = emptyList<String>()
    private var drawn: PhotoState.Answered? = null

    init {
        root.find<View>(R.id.choose).setOnClickListener { actions.choosePhoto() }
        root.find<View>(R.id.take).setOnClickListener { actions.takePhoto() }
        // The overlay knows where the photo lies only when it has a size.
        overlay.addOnLayoutChangeListener { _, left, top, right, bottom, oldLeft, oldTop, oldRight, oldBottom ->
            if (right - left != oldRight - oldLeft || bottom - top != oldBottom - oldTop) drawn?.let(::draw)
        }
    }

    override fun show(state: UiState) {
        val photo = (state as UiState.Photo).photo
        val shown = (photo as? PhotoState.Answered) ?: (photo as? PhotoState.Busy)?.shown
        showSamples(state.samples)
        showPhoto(shown, state.score)
        notice.show((photo as? PhotoState.Failed)?.problem)
        val waiting = when {
            photo is PhotoState.Failed || shown != null -> null
            photo is PhotoState.Busy && state.model is Model.Ready -> R.string.answer_busy
            photo is PhotoState.Busy -> R.string.answer_checking
            else -> R.string.answer_waiting
        }
        val words = root.text(R.id.answer_waiting)
        words.visible(waiting != null)
        if (waiting != null) words.say(root.resources.getString(waiting))
        showResult(shown, state.score)
        root.find<View>(R.id.result).alpha = if (photo is PhotoState.Busy) BUSY else 1f
    }

    private fun showSamples(names: List<String>) {
        root.find<View>(R.id.samples_part).visible(names.isNotEmpty())
        if (names == samples) return
        samples = names
        root.find<LinearLayout>(R.id.samples).each(names, R.layout.sample) { view, name ->
            val button = view as ImageButton
            button.contentDescription = root.resources.getString(R.string.photo_sample, name.substringBeforeLast('.'))
            button.clipToOutline = true
            button.scaleType = ImageView.ScaleType.CENTER_CROP
            button.setImageBitmap(thumbnail(name))
            button.setOnClickListener { actions.send(Event.Show(PhotoRef.Sample(name))) }
        }
    }

    /** Gives a sample for its button, small: no model sees this one. */
    private fun thumbnail(name: String) = try {
        val options = BitmapFactory.Options().apply { inSampleSize = 2 }
        root.context.assets.open("samples/$name").use { BitmapFactory.decodeStream(it, null, options) }
    } catch (_: IOException) {
        null
    }

    private fun showPhoto(shown: PhotoState.Answered?, score: Float) {
        root.find<View>(R.id.invitation).visible(shown == null)
        root.text(R.id.photo_name).visible(shown != null)
        picture.visible(shown != null)
        overlay.score = score
        if (shown === drawn) return
        drawn = shown
        stage.shape(shown?.width ?: 0, shown?.height ?: 0)
        picture.show(shown?.picture, shown?.let { root.resources.getString(R.string.photo_shown, it.name) })
        if (shown == null) return overlay.clear()
        root.text(R.id.photo_name).say(root.resources.getString(R.string.photo_size, shown.name, shown.width, shown.height))
        draw(shown)
    }

    private fun draw(shown: PhotoState.Answered) {
        if (overlay.width == 0) return
        overlay.show(shown.answer, Placement.fit(shown.width, shown.height, overlay.width, overlay.height), shown.width, shown.height)
    }

    private fun showResult(shown: PhotoState.Answered?, score: Float) {
        root.find<ViewGroup>(R.id.result).visible(shown != null)
        if (shown == null) return
        answer.show(shown.answer, score)
        times.show(R.string.times, stagesOf(shown.times), words.runs(shown.by))
        root.find<View>(R.id.seen_part).visible(shown.seen != null)
        val saw = shown.seen ?: return
        seen.show(saw, root.resources.getString(R.string.seen))
        val size = root.resources.getString(R.string.seen_size, saw.width, saw.height)
        root.text(R.id.seen_text).say("${root.resources.getString(R.string.seen)}\n$size")
    }

    private companion object {
        const val BUSY = 0.45f
    }
}
