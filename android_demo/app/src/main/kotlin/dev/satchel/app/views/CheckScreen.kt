package dev.satchel.app.views

import android.view.View
import android.widget.LinearLayout
import android.widget.ProgressBar
import dev.satchel.app.R
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Verdict
import dev.satchel.app.settings.variantOf
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.UiState

/** The table of what was checked, what runs, and why. */
internal class CheckScreen(private val root: View, actions: Actions) : ScreenView {
    private val words = Words(root.resources)
    private val notice = Notice(root)

    init {
        root.find<View>(R.id.anew).setOnClickListener { actions.send(Event.CheckAnew) }
    }

    override fun show(state: UiState) {
        val model = state.model
        val line = lineOf(model)
        root.text(R.id.check_line).apply { visible(line != null) }.say(line.orEmpty())
        notice.show((model as? Model.Refused)?.problem)
        val checking = model as? Model.Checking
        root.find<View>(R.id.check_progress).visible(checking != null)
        if (checking != null) showProgress(checking)
        val choice = (model as? Model.Ready)?.choice ?: (model as? Model.Refused)?.choice
        val used = (model as? Model.Ready)?.used
        root.find<LinearLayout>(R.id.cells).each(checking?.cells ?: choice?.cells.orEmpty(), R.layout.cell) { view, cell ->
            fill(view, cell, used?.let { it.artefact == cell.artefact && it.candidate == cell.candidate } == true)
        }
        root.find<View>(R.id.anew).visible(choice != null)
        root.text(R.id.check_note).apply { visible(choice != null) }.setText(noteOn(choice))
    }

    private fun lineOf(model: Model): String? = when (model) {
        is Model.None -> root.resources.getString(R.string.check_no_bundle)
        is Model.Opening -> root.resources.getString(R.string.seal_opening)
        is Model.Checking -> root.resources.getString(R.string.check_running)
        is Model.Ready -> why(model)
        is Model.Refused -> if (model.choice == null) null else root.resources.getString(R.string.check_none)
    }

    private fun noteOn(choice: Choice?): Int = if (choice?.whole == false) R.string.check_cut_off else R.string.check_remembered

    private fun why(model: Model.Ready): String {
        if (model.unmet != null) return words.unmet(model.unmet, model.used)
        val used = variantOf(model.used) to words.candidate(model.used.candidate)
        val chosen = model.choice.chosen
        if (chosen == null || chosen == model.used) return root.resources.getString(R.string.check_chosen, used.first, used.second)
        val own = variantOf(chosen) to words.candidate(chosen.candidate)
        return root.resources.getString(R.string.check_set, used.first, used.second, own.first, own.second)
    }

    private fun showProgress(model: Model.Checking) {
        val bar = root.find<ProgressBar>(R.id.check_bar)
        bar.isIndeterminate = model.of == 0
        bar.max = maxOf(model.of, 1)
        bar.progress = model.done
        val count = if (model.of == 0) "" else root.resources.getString(R.string.check_progress, model.done, model.of)
        root.text(R.id.check_count).say(count)
    }

    private fun fill(view: View, cell: Cell, used: Boolean) {
        val resources = view.resources
        val name = resources.getString(R.string.check_cell, variantOf(cell), words.candidate(cell.candidate))
        val verdict = words.verdict(cell.verdict).let { if (used) resources.getString(R.string.check_used, it) else it }
        val found = if (cell.detail.isEmpty()) verdict else resources.getString(R.string.check_verdict, verdict, cell.detail)
        val time = cell.milliseconds?.let(words::milliseconds).orEmpty()
        view.text(R.id.cell_name).say(name)
        view.text(R.id.cell_time).say(time)
        view.text(R.id.cell_verdict).apply { say(found) }.setTextColor(view.context.getColor(colourOf(cell.verdict)))
        view.find<View>(R.id.cell).setBackgroundResource(if (used) R.drawable.used else 0)
        view.contentDescription = listOf(name, time, found).filter { it.isNotEmpty() }.joinToString()
    }

    private fun colourOf(verdict: Verdict): Int = when (verdict) {
        Verdict.RIGHT -> R.color.good
        Verdict.WRONG, Verdict.FAILED -> R.color.bad
        Verdict.NOT_RUN -> R.color.ink_soft
    }
}
