package dev.satchel.app.engines

import android.annotation.SuppressLint
import android.content.SharedPreferences
import dev.satchel.Engine
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicIntegerArray

private const val KEY = "falls "

/** A process may also end for reasons of its own while a delegate is opened: one fall says nothing. */
private const val MOST_FALLS = 2

/** So many engines of a delegate may hang: one may yet come back, and each keeps its thread and its memory. */
private const val MOST_HANGING = 2

/**
 * Engines of which a delegate that takes the app down with it is not asked for ever.
 *
 * A driver may end the process, where nothing can be caught. So a fall is noted before a delegate is opened and struck out
 * after its first run; a delegate that fell twice in a row counts as absent on this system. One that hangs at its first run has
 * fallen too, and while two of its engines hang there is no third. The CPU needs no such thing.
 *
 * @param system as [Remembered] has it: on another system a delegate is asked anew.
 */
class Guarded(private val engines: Engines, private val preferences: SharedPreferences, private val system: String) : Engines by engines {
    private val fallen: Set<Delegate> = Delegate.entries.filterTo(HashSet()) { falls(it) >= MOST_FALLS }

    /** How many engines of each delegate are being opened, run or closed. */
    private val busy = AtomicIntegerArray(Delegate.entries.size)

    override fun absent(candidate: Candidate): String? = engines.absent(candidate) ?: when {
        candidate.delegate in fallen -> "it ended the app, or hung, every time it was tried"
        busy[candidate.delegate.ordinal] >= MOST_HANGING -> "it still hangs in what it was given before"
        else -> null
    }

    /** @throws SatchelException model/cannot-load where it is [absent]; or what the engines throw. */
    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        if (candidate.delegate == Delegate.CPU) return engines.open(model, candidate)
        absent(candidate)?.let { throw SatchelException("model/cannot-load", it) }
        note(candidate.delegate, falls(candidate.delegate) + 1)
        var opened: Engine? = null
        try {
            return within(candidate.delegate) { Noted(engines.open(model, candidate), candidate.delegate).also { opened = it } }
        } finally {
            if (opened == null) note(candidate.delegate, 0)
        }
    }

    private inline fun <T> within(delegate: Delegate, work: () -> T): T {
        busy.incrementAndGet(delegate.ordinal)
        try {
            return work()
        } finally {
            busy.decrementAndGet(delegate.ordinal)
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
            within(delegate) { engine.run(tensors) }
        } finally {
            strikeOut()
        }

        override fun close() {
            strikeOut()
            within(delegate) { engine.close() }
        }

        private fun strikeOut() {
            if (!ran) note(delegate, 0)
            ran = true
        }
    }
}
