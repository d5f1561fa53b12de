package dev.satchel.app.state

import dev.satchel.Bundle
import dev.satchel.Pipeline
import dev.satchel.Run
import dev.satchel.SatchelException
import dev.satchel.Thing
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.Remembered
import dev.satchel.app.engines.Verdict
import dev.satchel.app.engines.choose
import dev.satchel.app.settings.Settings

/**
 * The bundle that is open and the model that runs. All of it happens on one thread: [AppModel]'s worker.
 */
internal class Runner(private val engines: Engines, private val shelf: Shelf, private val remembered: Remembered) : AutoCloseable {
    private var opened: Bundle? = null
    private var settings = Settings()

    /** The bundle that is open. */
    val bundle: Bundle get() = opened ?: throw SatchelException("env/nothing-loaded", "no bundle is open", hint = "Choose a bundle.")

    /** The check table of the bundle; null before one was made or found. */
    var choice: Choice? = null
        private set

    /** The cell whose model is loaded; null where none is. */
    var used: Cell? = null
        private set

    /** Opens a bundle in place of the one before, and gives what it says of itself. */
    fun open(entry: ShelfEntry): Facts {
        close()
        val found = shelf.open(entry)
        opened = found
        choice = remembered.find(found.digest)
        return factsOf(found)
    }

    /** Holds every variant on every candidate against the golden cases, and remembers what came of it. */
    fun check(onCell: (Cell, Int, Int) -> Unit, cancelled: () -> Boolean): Choice {
        used = null
        val found = choose(bundle, engines, onCell, cancelled)
        choice = found
        if (!cancelled()) remembered.keep(bundle.digest, found)
        return found
    }

    /** Loads what the settings pick of the table; gives null where no cell is right. */
    fun load(settings: Settings): Cell? {
        this.settings = settings
        while (true) {
            val wanted = choice?.let(settings::pick) ?: return null
            if (wanted == used) return wanted
            try {
                used = null
                bundle.load(wanted.artefact) { engines.open(it, wanted.candidate) }
                return wanted.also { used = it }
            } catch (error: SatchelException) {
                mark(wanted, error)
            }
        }
    }

    /**
     * Gives what the model says. A candidate that throws, or gives NaN, is marked as failed, and the next one is asked.
     *
     * @throws SatchelException the thing cannot be used; or no candidate is left, with what the last one said.
     */
    fun run(thing: Thing): Run {
        while (true) {
            try {
                return bundle.run(thing)
            } catch (error: SatchelException) {
                val cell = used
                if (!error.code.startsWith("model/") || cell == null) throw error
                mark(cell, error)
                if (load(settings) == null) throw error
            }
        }
    }

    override fun close() {
        opened?.close()
        opened = null
        choice = null
        used = null
    }

    /** A cell that failed once is not asked again, until a check is. */
    private fun mark(cell: Cell, error: SatchelException) {
        val cells = choice?.cells.orEmpty().map {
            if (it == cell) it.copy(verdict = Verdict.FAILED, milliseconds = null, detail = error.message.orEmpty()) else it
        }
        choice = Choice.of(cells).also { remembered.keep(bundle.digest, it) }
    }
}

private fun factsOf(bundle: Bundle): Facts {
    val spec = bundle.spec
    return Facts(
        name = spec.name,
        version = spec.version,
        task = spec.task,
        kind = Pipeline(spec, bundle.reader.labels).kinds.values.first(),
        description = spec.description,
        license = spec.license,
        digest = bundle.digest,
        artefacts = bundle.artefacts.mapValues { it.value.bytes },
    )
}
