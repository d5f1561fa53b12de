package dev.satchel.app.engines

import android.content.SharedPreferences
import org.json.JSONException
import org.json.JSONObject

private const val KEY = "choice "

/**
 * The choices of bundles, kept from start to start.
 *
 * A choice counts for one bundle on one system: another version of the system or of the runtime may be right where this one
 * was wrong, and wrong where it was right.
 *
 * @param system names the system, the app and its runtime with their versions.
 */
class Remembered(private val preferences: SharedPreferences, private val system: String) {
    /** Gives what was kept for a bundle on this system; null where nothing was, or was on another. */
    fun find(digest: String): Choice? {
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
    fun keep(digest: String, choice: Choice) = preferences.edit().putString(KEY + digest, choice.toJson(digest, system).toString()).apply()

    /** Lets go of the choice of a bundle. */
    fun forget(digest: String) = preferences.edit().remove(KEY + digest).apply()
}
