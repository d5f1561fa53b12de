package dev.satchel.app.views

import android.annotation.TargetApi
import android.view.View
import android.widget.SeekBar
import dev.satchel.app.R
import dev.satchel.app.settings.Settings
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.UiState
import dev.satchel.app.state.factsOf

/** What is left to the check, and what is not. */
internal class SettingsScreen(private val root: View, private val actions: Actions) : ScreenView {
    private val words = Words(root.resources)
    private val score: SeekBar = root.find(R.id.score)
    private var settings = Settings()

    init {
        score.setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, progress: Int, byPerson: Boolean) {
                if (byPerson) actions.send(Event.Set(settings.copy(score = progress.toFloat() / bar.max)))
            }

            override fun onStartTrackingTouch(bar: SeekBar) = Unit

            override fun onStopTrackingTouch(bar: SeekBar) = Unit
        })
    }

    override fun show(state: UiState) {
        val now = state as UiState.Setting
        settings = now.settings
        val variants = factsOf(now.model)?.artefacts?.keys?.map { it.substringBefore('/') }.orEmpty()
        choices(R.id.variants, variants, settings.variant, { it }) { copy(variant = it) }
        choices(R.id.delegates, now.candidates.map { it.delegate }.distinct(), settings.delegate, words::delegate) { copy(delegate = it) }
        val threads = now.candidates.map { it.threads }.filter { it > 0 }
        choices(R.id.threads, threads, settings.threads, { "$it" }) { copy(threads = it) }
        val ready = now.model as? Model.Ready
        val unmet = ready?.unmet?.let { words.unmet(it, ready.used) }
        root.text(R.id.settings_unmet).apply { visible(unmet != null) }.say(unmet.orEmpty())
        score.progress = Math.round(settings.score * score.max)
        val least = if (settings.score <= 0f) root.resources.getString(R.string.settings_all) else words.percent(settings.score)
        root.text(R.id.score_text).say(least)
        score.stateText(least)
    }

    /** Shows what can be set, and before it what leaves it to the check. */
    private fun <T> choices(id: Int, things: List<T>, chosen: T?, name: (T) -> String, set: Settings.(T?) -> Settings) {
        root.find<Flow>(id).each(listOf(null) + things, R.layout.choice) { view, thing ->
            view.isSelected = thing == chosen
            view.text(R.id.choice).say(thing?.let(name) ?: root.resources.getString(R.string.settings_auto))
            view.setOnClickListener { actions.send(Event.Set(settings.set(thing))) }
        }
    }
}

/** Says what a bar stands at, where the system asks for it in words. */
@TargetApi(android.os.Build.VERSION_CODES.R)
private fun View.stateText(words: String) {
    if (android.os.Build.VERSION.SDK_INT >= android.os.Build.VERSION_CODES.R) stateDescription = words
}
