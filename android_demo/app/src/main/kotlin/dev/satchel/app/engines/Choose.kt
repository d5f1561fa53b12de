package dev.satchel.app.engines

import dev.satchel.Bundle
import dev.satchel.SatchelException
import java.util.concurrent.ExecutionException
import java.util.concurrent.FutureTask
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** How often a trial under way is looked at, and how long one that was stopped may take to end; in milliseconds. */
private const val LOOK = 20L
private const val GRACE = 1000L

/**
 * How long it may take, in milliseconds.
 *
 * @property step opening a model, or one run of it; what takes longer hangs, and has failed.
 * @property total the whole table; what is not reached in that time is not run.
 */
data class Limits(val step: Long = 30_000, val total: Long = 120_000)

/**
 * Gives the check table of a bundle, and the fastest that is right.
 *
 * Every .tflite variant is checked, each golden case twice, and then timed, by the first candidate; then by the next. Each
 * trial has a thread of its own and an engine of its own: what throws, gives NaN or hangs is marked, and the next is taken.
 *
 * @param onCell is told of each cell as it is done, on the caller's thread, with how many there are of how many.
 * @param cancelled is asked all the time, on the caller's thread; the cells that are left are then not run.
 * @throws SatchelException what is wrong with the bundle itself.
 */
fun choose(
    bundle: Bundle,
    engines: Engines,
    onCell: (cell: Cell, done: Int, of: Int) -> Unit,
    cancelled: () -> Boolean,
    limits: Limits = Limits(),
): Choice {
    bundle.reader.verify()
    val jobs = engines.candidates().flatMap { candidate -> bundle.artefacts.keys.map { it to candidate } }
    val table = Table(bundle, engines, cancelled, limits)
    val cells = jobs.mapIndexed { place, (artefact, candidate) ->
        table.cell(artefact, candidate).also { onCell(it, place + 1, jobs.size) }
    }
    return Choice.of(cells, table.whole)
}

private class Table(
    private val bundle: Bundle,
    private val engines: Engines,
    private val cancelled: () -> Boolean,
    private val limits: Limits,
) {
    private val started = now()

    /** Whether nothing was left out for want of time. */
    var whole: Boolean = true
        private set

    fun cell(artefact: String, candidate: Candidate): Cell {
        val none = Cell(artefact, candidate, Verdict.NOT_RUN, null)
        engines.absent(candidate)?.let { return none.copy(detail = it) }
        val trial = Trial(bundle.reader, engines, artefact, candidate)
        val task = FutureTask { trial.cell() }
        val thread = Thread(task, "trial of $artefact").apply { isDaemon = true }
        over(none, trial)?.let { return it }
        thread.start()
        while (true) {
            answer(task)?.let { return it }
            over(none, trial)?.let { return it.also { leave(trial, thread) } }
        }
    }

    /** Gives the cell of a trial that may not go on; null where it may. */
    private fun over(none: Cell, trial: Trial): Cell? = when {
        cancelled() || Thread.currentThread().isInterrupted -> none.leftOut("the check was stopped")
        now() - started >= limits.total -> none.leftOut("the ${limits.total / 1000} s for the check were over")
        now() - trial.alive >= limits.step -> none.copy(verdict = Verdict.FAILED, detail = "it gave no answer in ${limits.step / 1000} s")
        else -> null
    }

    private fun Cell.leftOut(why: String): Cell {
        whole = false
        return copy(detail = why)
    }

    /** Gives the cell of a trial that is done after a short wait; null where it is not. */
    private fun answer(task: FutureTask<Cell>): Cell? = try {
        task.get(LOOK, TimeUnit.MILLISECONDS)
    } catch (_: TimeoutException) {
        null
    } catch (_: InterruptedException) {
        Thread.currentThread().interrupt()
        null
    } catch (error: ExecutionException) {
        throw error.cause!!
    }

    /** Lets a trial end by itself, for a while; one that hangs in its runtime is left behind with its thread. */
    private fun leave(trial: Trial, thread: Thread) {
        trial.stopped = true
        try {
            thread.join(GRACE)
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
    }
}
