package dev.satchel.app.settings

import android.content.SharedPreferences
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.Verdict

/**
 * What a person has set; null leaves it to the check.
 *
 * @property variant of a bundle, `int8`; of a bundle that has none of this name it is left to the check.
 * @property score what is found with less than this is not shown, 0 to 1.
 */
data class Settings(
    val variant: String? = null,
    val delegate: Delegate? = null,
    val threads: Int? = null,
    val score: Float = 0f,
) {
    private val leavesAll: Boolean get() = variant == null && delegate == null && threads == null

    /** Says whether a cell is what was set. */
    fun fits(cell: Cell): Boolean = (variant == null || variant == variantOf(cell)) &&
        (delegate == null || delegate == cell.candidate.delegate) &&
        (threads == null || cell.candidate.threads in setOf(threads, 0))

    /**
     * Gives the cell that runs: of those that are right and were set the fastest, else what the check chose.
     *
     * What the check found wrong is never run, whatever is set.
     */
    fun pick(choice: Choice): Cell? {
        if (leavesAll) return choice.chosen
        return choice.cells.filter { it.verdict == Verdict.RIGHT && fits(it) }.minByOrNull { it.milliseconds ?: Double.MAX_VALUE }
            ?: choice.chosen
    }

    /** Gives why [pick] does not give what was set; null where it does, or nothing was. */
    fun unmet(choice: Choice): Unmet? {
        val fitting = choice.cells.filter(::fits)
        if (leavesAll || fitting.any { it.verdict == Verdict.RIGHT }) return null
        // Of threads alone other delegates than the CPU say nothing; wrong answers say more than a failure, and that more than no run.
        val telling = fitting.filter { delegate != null || threads == null || threads == it.candidate.threads }
        return Unmet(this, telling.minByOrNull { it.verdict }, variant != null && choice.cells.none { variantOf(it) == variant })
    }
}

/**
 * Why a setting cannot be met.
 *
 * @property settings as a person has set them.
 * @property nearest the cell that was set and is not right; null where the check table has none.
 * @property noVariant whether the bundle has no variant of the name that is set.
 */
data class Unmet(val settings: Settings, val nearest: Cell?, val noVariant: Boolean)

/** Gives the variant of a cell, `int8` of `int8/tflite`. */
fun variantOf(cell: Cell): String = cell.artefact.substringBefore('/')

private const val VARIANT = "variant"
private const val DELEGATE = "delegate"
private const val THREADS = "threads"
private const val SCORE = "score"
private const val BUNDLE = "bundle"

/** Keeps the settings, and which bundle was open last. */
class SettingsStore(private val preferences: SharedPreferences) {
    var settings: Settings
        get() = Settings(
            preferences.getString(VARIANT, null),
            Delegate.entries.find { it.name == preferences.getString(DELEGATE, null) },
            preferences.getInt(THREADS, 0).takeIf { it > 0 },
            preferences.getFloat(SCORE, 0f),
        )
        set(value) = preferences.edit()
            .putString(VARIANT, value.variant)
            .putString(DELEGATE, value.delegate?.name)
            .putInt(THREADS, value.threads ?: 0)
            .putFloat(SCORE, value.score)
            .apply()

    /** The id of the bundle that was open last; null at the first start. */
    var bundle: String?
        get() = preferences.getString(BUNDLE, null)
        set(value) = preferences.edit().putString(BUNDLE, value).apply()
}
