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
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.Remembered
import dev.satchel.app.engines.Timely
import dev.satchel.app.engines.Verdict
import dev.satchel.app.engines.choose
import dev.satchel.app.settings.Settings

/**
 * The bundle that is open and the model that runs. All of it happens on one thread, [AppModel]'s worker, which waits for a
 * model no longer than the check does.
 */
internal class Runner(
    private val engines: Engines,
    private val shelf: Shelf,
    private val remembered: Remembered,
    private val limits: Limits = Limits(),
) : AutoCloseable {
    private var opened: Bundle? = null
    private var facts: Facts? = null
    private var settings = Settings()

    /** The bundle that is open. */
    val bundle: Bundle get() = opened ?: throw SatchelException("env/nothing-loaded", "no bundle is open", hint = "Choose a bundle.")

    /** The check table of the bundle; null before one was made or found. */
    var choice: Choice? = null
        private set

    /** The cell whose model is loaded; null where none is. */
    var used: Cell? = null
        private set

    /** The cell that failed last, since a cell was last asked for; another one runs in its place, or none. */
    var failed: Cell? = null
        private set

    /** Opens a bundle in place of the one before, and gives what it says of itself. */
    fun open(entry: ShelfEntry): Facts {
        close()
        val found = shelf.open(entry)
        opened = found
        choice = remembered.find(found.digest)
        return factsOf(found).also { facts = it }
    }

    /** Gives what people are told of the open bundle, whose check table there is: what runs of it, or that nothing does. */
    fun model(): Model {
        val (facts, choice) = facts!! to choice!!
        val cell = used ?: return Model.Refused(facts.name, Problem(Trouble.NO_RIGHT_ANSWER), facts, choice)
        return Model.Ready(facts, choice, cell, settings.unmet(choice), failed)
    }

    /** Holds every variant on every candidate against the golden cases, and remembers what came of it. */
    fun check(onCell: (Cell, Int, Int) -> Unit, cancelled: () -> Boolean): Choice {
        leave()
        val found = choose(bundle, engines, onCell, cancelled, limits)
        choice = found
        if (!cancelled()) remembered.keep(bundle.digest, found)
        return found
    }

    /** Loads what the settings pick of the table, in time; gives null where no cell is right. */
    fun load(settings: Settings): Cell? {
        this.settings = settings
        failed = null
        return loaded()
    }

    private fun loaded(): Cell? {
        while (true) {
            val wanted = choice?.let(settings::pick) ?: return null
            if (wanted == used) return wanted
            try {
                leave()
                bundle.load(wanted.artefact) { model -> Timely(limits.step) { engines.open(model, wanted.candidate) } }
                return wanted.also { used = it }
            } catch (error: SatchelException) {
                if (!error.code.startsWith("model/")) throw error
                mark(wanted, error)
            }
        }
    }

    /**
     * Gives what the model says. A candidate that throws, gives NaN or nothing in time, is marked as failed, and the next one is
     * asked.
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
                if (loaded() == null) throw error
            }
        }
    }

    override fun close() {
        opened?.close()
        opened = null
        facts = null
        choice = null
        used = null
        failed = null
    }

    /** Lets go of the model, and leaves the bundle open. */
    private fun leave() {
        used = null
        bundle.close()
    }

    /** A cell that failed once is not asked again, until a check is. */
    private fun mark(cell: Cell, error: SatchelException) {
        leave()
        val marked = cell.copy(verdict = Verdict.FAILED, milliseconds = null, detail = error.message.orEmpty().trimEnd('.'))
        val before = choice!!
        choice = Choice.of(before.cells.map { if (it == cell) marked else it }, before.whole).also { remembered.keep(bundle.digest, it) }
        failed = marked
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
