package dev.satchel.app.engines

import dev.satchel.Bundle
import dev.satchel.BundleReader
import dev.satchel.Dtype
import dev.satchel.Engine
import dev.satchel.Report
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import java.util.Locale

private const val WARM = 2
private const val LEAST_RUNS = 10
private const val MOST_RUNS = 51

/** Runs that took so long together tell the time of one. */
private const val ENOUGH_NANOSECONDS = 300_000_000L

/** Milliseconds of a clock that only goes on. */
internal fun now(): Long = System.nanoTime() / 1_000_000

/** A trial was told to stop. */
internal class Stopped : RuntimeException()

/** One artefact on one candidate: checked, then timed. */
internal class Trial(
    private val reader: BundleReader,
    private val engines: Engines,
    private val artefact: String,
    private val candidate: Candidate,
) {
    /** From the next run on the trial ends with [Stopped]; set by another thread. */
    @Volatile
    var stopped: Boolean = false

    /** When the model was last seen to get on; from [now]. */
    @Volatile
    var alive: Long = now()
        private set

    /**
     * Gives the cell.
     *
     * @throws SatchelException what is wrong with the bundle itself.
     * @throws Stopped after [stopped] was set.
     */
    @Suppress("TooGenericExceptionCaught") // an engine is code of others, and its native library may be absent
    fun cell(): Cell = try {
        Bundle(reader).use(::judged)
    } catch (error: SatchelException) {
        if (!error.code.startsWith("model/")) throw error
        Cell(artefact, candidate, Verdict.FAILED, null, error.message.orEmpty())
    } catch (error: Stopped) {
        throw error
    } catch (error: Throwable) {
        Cell(artefact, candidate, Verdict.FAILED, null, error.toString())
    }

    private fun judged(bundle: Bundle): Cell {
        var opened: Watched? = null
        bundle.load(artefact) { model -> Watched(engines.open(model, candidate)).also { opened = it } }
        val watched = opened!!
        val report = bundle.check(verify = false)
        val cell = Cell(artefact, candidate, Verdict.WRONG, null, engine = watched.description, report = report)
        if (!report.pass) return cell.copy(detail = wrongIn(report))
        return cell.copy(verdict = Verdict.RIGHT, milliseconds = watched.median())
    }

    /** An engine whose runs are timed, and refused where they give NaN. */
    private inner class Watched(private val engine: Engine) : Engine by engine {
        private val times = ArrayList<Long>(MOST_RUNS)
        private var first: Map<String, TensorValue>? = null

        override fun run(tensors: Map<String, TensorValue>): Map<String, TensorValue> {
            alive = now()
            if (stopped) throw Stopped()
            if (first == null) first = tensors.mapValues { copyOf(it.value) }
            val started = System.nanoTime()
            val found = engine.run(tensors)
            times.add(System.nanoTime() - started)
            found.forEach(::refuseNan)
            return found
        }

        /** Gives the milliseconds of a run: the median of many with what was given first, of a slow model those of the check too. */
        fun median(): Double {
            times.removeAt(0)
            if (times.sum() < ENOUGH_NANOSECONDS) {
                repeat(WARM) { run(first!!) }
                times.clear()
            }
            while (times.size < LEAST_RUNS || (times.size < MOST_RUNS && times.sum() < ENOUGH_NANOSECONDS)) run(first!!)
            return times.sorted().let { (it[(it.size - 1) / 2] + it[it.size / 2]) / 2e6 }
        }
    }
}

private fun copyOf(value: TensorValue): TensorValue =
    TensorValue.allocate(value.dtype, value.shape).also { it.data.duplicate().put(value.data.duplicate()) }

private fun refuseNan(name: String, value: TensorValue) {
    if (value.dtype != Dtype.FLOAT32) return
    val numbers = value.data.asFloatBuffer()
    for (place in 0 until value.size) {
        if (numbers.get(place).isNaN()) throw SatchelException("model/nan-output", "the model gave NaN at place $place", name)
    }
}

/** Says in the words of `satchel check` how many golden answers do not hold, and what is wrong with the first. */
private fun wrongIn(report: Report): String {
    val wrong = report.cases.filterNot { it.pass }
    val first = wrong.first()
    val found = listOfNotNull(
        "prepared differs".takeUnless { first.prepared },
        "outputs differ${apart(first.largest, report.bound)}".takeUnless { first.outputs },
        "answer another".takeUnless { first.answer },
    )
    return "${wrong.size} of ${report.cases.size} golden answers do not hold here; ${first.id}: ${found.joinToString()}"
}

private fun apart(largest: Double, bound: Double): String =
    if (largest.isInfinite()) "" else String.format(Locale.ROOT, " by %.1e, bound %.1e", largest, bound)
