package dev.satchel.app.engines

import android.annotation.SuppressLint
import android.content.SharedPreferences
import dev.satchel.Engine
import dev.satchel.TensorValue
import java.nio.ByteBuffer

private const val KEY = "falls "

/** A process may also end for reasons of its own while a delegate is opened: one fall says nothing. */
private const val MOST_FALLS = 2

/**
 * Engines of which a delegate that takes the app down with it is not asked for ever.
 *
 * A driver may end the process, where nothing can be caught. So a fall is noted before a delegate is opened and struck out
 * after its first run; a delegate that fell twice in a row counts as absent on this system. The CPU needs no such thing.
 *
 * @param system as [Remembered] has it: on another system a delegate is asked anew.
 */
class Guarded(private val engines: Engines, private val preferences: SharedPreferences, private val system: String) : Engines by engines {
    private val fallen: Set<Delegate> = Delegate.entries.filterTo(HashSet()) { falls(it) >= MOST_FALLS }

    override fun absent(candidate: Candidate): String? =
        engines.absent(candidate) ?: "the app ended every time it tried this".takeIf { candidate.delegate in fallen }

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        if (candidate.delegate == Delegate.CPU) return engines.open(model, candidate)
        note(candidate.delegate, falls(candidate.delegate) + 1)
        var opened: Engine? = null
        try {
            return Noted(engines.open(model, candidate), candidate.delegate).also { opened = it }
        } finally {
            if (opened == null) note(candidate.delegate, 0)
        }
    }

    private fun falls(delegate: Delegate): Int = preferences.getInt("$KEY$delegate $system", 0)

    @SuppressLint("ApplySharedPref") // it must be on the disk before the delegate is opened
    private fun note(delegate: Delegate, falls: Int) {
        preferences.edit().putInt("$KEY$delegate $system", falls).commit()
    }

    private inner class Noted(private val engine: Engine, private val delegate: Delegate) : Engine by engine {
        private var ran = false

        override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> = try {
            engine.run(tensors)
        } finally {
            strikeOut()
        }

        override fun close() {
            strikeOut()
            engine.close()
        }

        private fun strikeOut() {
            if (!ran) note(delegate, 0)
            ran = true
        }
    }
}
