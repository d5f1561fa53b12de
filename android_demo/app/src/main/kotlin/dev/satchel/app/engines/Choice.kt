package dev.satchel.app.engines

import dev.satchel.EngineDescription
import dev.satchel.Report

/** How near to the fastest another is as good as it: as a share of the time, and in milliseconds, below which a clock says little. */
private const val NEAR = 1.05
private const val NEAR_MILLISECONDS = 0.1

/** What became of one artefact on one candidate. */
enum class Verdict {
    /** Every golden answer holds, in every run. */
    RIGHT,

    /** It ran, and a prepared tensor, an output or an answer is another than the bundle says. */
    WRONG,

    /** It threw, gave NaN or gave nothing in time. */
    FAILED,

    /** It is not there on this device, or there was no time for it. */
    NOT_RUN,
}

/**
 * One cell of the check table: an artefact on a candidate.
 *
 * @property artefact its id, `int8/tflite`.
 * @property milliseconds of a run: the median of at least 10 after the model is warm; null unless [verdict] is RIGHT.
 * @property detail what was wrong, what was thrown, or why it was not run; empty where it is right.
 * @property engine what carried the model out, as the runtime tells it; null where nothing was opened.
 * @property report the golden cases one by one; null where they did not all run.
 */
data class Cell(
    val artefact: String,
    val candidate: Candidate,
    val verdict: Verdict,
    val milliseconds: Double?,
    val detail: String = "",
    val engine: EngineDescription? = null,
    val report: Report? = null,
)

/**
 * The check table, and what it says to use.
 *
 * @property chosen of those that are right the fastest, or of those nearly as fast the one that asks least; null where none is.
 * @property whole whether every candidate that is there had its time; what was not reached may be right, and faster.
 */
data class Choice(val cells: List<Cell>, val chosen: Cell?, val whole: Boolean = true) {
    /** The fastest that is right; another than [chosen] where that is nearly as fast and asks less of the phone. */
    val fastest: Cell? get() = cells.filter { it.verdict == Verdict.RIGHT }.minByOrNull { it.milliseconds!! }

    companion object {
        /**
         * Gives the choice that follows from a table.
         *
         * Times within 5 % or 0.1 ms of the fastest are the same time: among these the CPU comes before NNAPI and the GPU,
         * fewer threads before more, and then the one that stands first.
         */
        fun of(cells: List<Cell>, whole: Boolean = true): Choice {
            val right = cells.filter { it.verdict == Verdict.RIGHT }
            val least = right.minOfOrNull { it.milliseconds!! } ?: return Choice(cells, null, whole)
            val near = right.filter { it.milliseconds!! <= maxOf(NEAR * least, least + NEAR_MILLISECONDS) }
            return Choice(cells, near.minWith(compareBy({ it.candidate.delegate }, { it.candidate.threads })), whole)
        }
    }
}
