package dev.satchel.app.views

import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.TextView
import dev.satchel.app.R
import dev.satchel.app.state.Model
import dev.satchel.app.state.Screen

/** The bar that leads to the screens: below, or at the side where the display lies. */
internal class Tabs(private val bar: LinearLayout, go: (Screen) -> Unit) {
    init {
        for (screen in Screen.entries) {
            val tab = LayoutInflater.from(bar.context).inflate(R.layout.tab, bar, false) as TextView
            tab.setText(nameOf(screen))
            tab.setCompoundDrawablesWithIntrinsicBounds(0, iconOf(screen), 0, 0)
            tab.tooltipText = tab.text
            // Five names stand beside each other: the largest letters have no room here, and stand in what a long press shows.
            val metrics = bar.resources.displayMetrics
            tab.setTextSize(android.util.TypedValue.COMPLEX_UNIT_PX, minOf(tab.textSize, LARGEST * metrics.density))
            if (bar.orientation == LinearLayout.VERTICAL) tab.layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
            tab.setOnClickListener { go(screen) }
            bar.addView(tab)
        }
    }

    fun show(screen: Screen) {
        for (each in Screen.entries) bar.getChildAt(each.ordinal).isSelected = each == screen
    }

    private companion object {
        const val LARGEST = 15
    }
}

private fun nameOf(screen: Screen): Int = when (screen) {
    Screen.PHOTO -> R.string.tab_photo
    Screen.CAMERA -> R.string.tab_camera
    Screen.BUNDLES -> R.string.tab_bundles
    Screen.CHECK -> R.string.tab_check
    Screen.SETTINGS -> R.string.tab_settings
}

private fun iconOf(screen: Screen): Int = when (screen) {
    Screen.PHOTO -> R.drawable.ic_photo
    Screen.CAMERA -> R.drawable.ic_camera
    Screen.BUNDLES -> R.drawable.ic_bundles
    Screen.CHECK -> R.drawable.ic_check
    Screen.SETTINGS -> R.drawable.ic_settings
}

/** Which bundle is open, whether its answers are right here, and whether something else answers than before. */
internal class TopBar(private val root: View) {
    private val sentences = Words(root.resources)

    fun show(model: Model) {
        root.text(R.id.bundle).say(shortened(model.name).ifEmpty { root.resources.getString(R.string.no_bundle) })
        val seal = root.text(R.id.seal)
        seal.visible(model !is Model.None)
        val (words, back, ink) = when (model) {
            is Model.None, is Model.Opening -> Triple(R.string.seal_opening, R.drawable.seal_waiting, R.color.ink_soft)
            is Model.Checking -> Triple(R.string.seal_waiting, R.drawable.seal_waiting, R.color.ink_soft)
            is Model.Ready -> Triple(R.string.seal_good, R.drawable.seal_good, R.color.good)
            is Model.Refused -> Triple(R.string.seal_bad, R.drawable.seal_bad, R.color.bad)
        }
        seal.say(root.resources.getString(words))
        seal.contentDescription = if (model is Model.Ready) root.resources.getString(R.string.seal_good_spoken) else null
        seal.setBackgroundResource(back)
        seal.setTextColor(root.context.getColor(ink))
        val failed = (model as? Model.Ready)?.failed?.let { sentences.failed(it, model.used) }
        root.text(R.id.failed).apply { visible(failed != null) }.say(failed.orEmpty())
    }
}
