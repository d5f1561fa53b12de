package dev.satchel.app.device

import dev.satchel.Bundle
import dev.satchel.CaseReport
import dev.satchel.Engine
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.Verdict
import dev.satchel.app.engines.choose
import dev.satchel.dumps
import dev.satchel.vectors.Vectors
import java.io.File
import java.nio.ByteBuffer
import java.util.TreeSet

private const val PASS = "pass"
private const val FAIL = "fail"
private const val NOT_RUN = "not run"

/** A slow emulator takes its time for a run of the largest model, and for the whole table as long as it likes. */
private val LIMITS = Limits(step = 120_000, total = Long.MAX_VALUE)

/**
 * Vectors and bundles, a line of JSON a case, and a last one of totals.
 *
 * A line says `kind` (`vector`, `golden`, `totals`), which case it is, `result` (`pass`, `fail`, `not run`) and in `detail`
 * what is wrong or why it was not run. A candidate that is not there, or a delegate that gives no answer at all, is not run:
 * the app takes another. The CPU has to answer.
 *
 * @param tell is given each line.
 */
class DeviceCheck(private val tell: (String) -> Unit) {
    private val counts = linkedMapOf("vector" to HashMap<String, Int>(), "golden" to HashMap())
    private val runtimes = TreeSet<String>()

    /** Runs every case of every file. */
    fun vectors(vectors: Vectors) {
        for ((op, why) in vectors.notRun) line("vector", NOT_RUN, why, mapOf("op" to op))
        for (op in vectors.unmatched()) line("vector", FAIL, "this folder has no handler, or this handler no folder", mapOf("op" to op))
        for (case in vectors.ops.flatMap(vectors::files).flatMap(vectors::cases)) {
            val complaint = case.complaint()
            val which = mapOf("op" to case.op, "file" to case.file, "case" to case.id)
            line("vector", if (complaint == null) PASS else FAIL, complaint.orEmpty(), which)
        }
    }

    /** Runs the golden inputs of every variant of a bundle on every candidate, each at least twice, as the app does itself. */
    fun bundle(file: File, engines: Engines) {
        val which = mapOf("bundle" to file.name)
        try {
            Bundle.open(file).use { bundle ->
                if (bundle.artefacts.isEmpty()) line("golden", NOT_RUN, "none of its variants is for Android", which)
                val watched = Watched(engines)
                choose(bundle, watched, { cell, _, _ -> tellCell(which, cell, watched.hasAnswered()) }, { false }, LIMITS)
            }
        } catch (error: SatchelException) {
            line("golden", FAIL, "${error.code}: ${error.message}", which)
        }
    }

    /**
     * Tells the totals, with [about] the device, and says whether all that ran is as it should be, and anything ran.
     */
    fun totals(about: Map<String, Any?>): Boolean {
        val all = counts.mapValues { (_, found) -> listOf(PASS, FAIL, NOT_RUN).associateWith { found[it] ?: 0 } }
        val well = all.values.none { it.getValue(FAIL) > 0 } && all.values.any { it.getValue(PASS) > 0 }
        val result = mapOf("kind" to "totals", "result" to if (well) PASS else FAIL, "runtimes" to runtimes.toList())
        tell(dumps(result + all + about))
        return well
    }

    private fun tellCell(bundle: Map<String, Any?>, cell: Cell, answered: Boolean) {
        cell.engine?.let { runtimes.add("${it.runtime} ${it.version}") }
        val candidate = mapOf("delegate" to cell.candidate.delegate.name, "threads" to cell.candidate.threads)
        val which = bundle + candidate + mapOf("artefact" to cell.artefact)
        val report = cell.report
        if (report == null) {
            val due = cell.verdict != Verdict.NOT_RUN && (answered || cell.candidate.delegate == Delegate.CPU)
            return line("golden", if (due) FAIL else NOT_RUN, cell.detail, which)
        }
        for (case in report.cases) {
            val numbers = mapOf("largest" to finite(case.largest), "bound" to report.bound, "milliseconds" to cell.milliseconds)
            line("golden", if (case.pass) PASS else FAIL, wrongIn(case), which + numbers + mapOf("case" to case.id))
        }
    }

    private fun line(kind: String, result: String, detail: String, which: Map<String, Any?>) {
        counts.getValue(kind).merge(result, 1, Int::plus)
        tell(dumps(mapOf("kind" to kind, "result" to result, "detail" to detail) + which))
    }
}

/** JSON has no word for infinity, which stands for what cannot be compared. */
private fun finite(value: Double): Double? = value.takeIf { it.isFinite() }

private fun wrongIn(case: CaseReport): String = listOfNotNull(
    "the prepared tensors differ".takeUnless { case.prepared },
    "the outputs differ by ${finite(case.largest) ?: "more than can be said"}".takeUnless { case.outputs },
    "the answer is another".takeUnless { case.answer },
).joinToString()

/** Engines of which one knows whether any that was opened has answered. */
private class Watched(private val engines: Engines) : Engines by engines {
    @Volatile
    private var answered = false

    /** Says whether one has answered since this was last asked. */
    fun hasAnswered(): Boolean = answered.also { answered = false }

    override fun open(model: ByteBuffer, candidate: Candidate): Engine {
        val engine = engines.open(model, candidate)
        return object : Engine by engine {
            override fun run(tensors: Map<String, TensorValue>) = engine.run(tensors).also { answered = true }
        }
    }
}
