package dev.satchel.app.engines

import android.content.SharedPreferences
import org.json.JSONException
import org.json.JSONObject

private const val KEY = "choice "

/**
 * The choices of bundles, kept from start to start. For one thread at a time.
 *
 * A table that was cut off counts as long as this lives: what it did not reach is found out at the next start.
 * A choice counts for one bundle on one system: another version of the system or of the runtime may be right where this one
 * was wrong, and wrong where it was right.
 *
 * @param system names the system, the app and its runtime with their versions.
 */
class Remembered(private val preferences: SharedPreferences, private val system: String) {
    private val cutOff = HashMap<String, Choice>()

    /** Gives what was kept for a bundle on this system; null where nothing was, or was on another. */
    fun find(digest: String): Choice? {
        cutOff[digest]?.let { return it }
        val text = preferences.getString(KEY + digest, null) ?: return null
        return try {
            val kept = JSONObject(text)
            if (kept.getString("system") == system) choiceOf(kept) else null
        } catch (_: JSONException) {
            null
        } catch (_: IllegalArgumentException) {
            null // a word of another version of the app
        }
    }

    /** Keeps a choice in place of the one before. */
    fun keep(digest: String, choice: Choice) {
        forget(digest)
        if (!choice.whole) cutOff[digest] = choice
        if (choice.whole) preferences.edit().putString(KEY + digest, choice.toJson(digest, system).toString()).apply()
    }

    /** Lets go of the choice of a bundle. */
    fun forget(digest: String) {
        cutOff.remove(digest)
        preferences.edit().remove(KEY + digest).apply()
    }
}
