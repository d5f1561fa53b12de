package dev.satchel.app.views

import android.content.res.Resources
import dev.satchel.Task
import dev.satchel.app.R
import dev.satchel.app.bundles.Origin
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.Verdict
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.Unmet
import dev.satchel.app.settings.variantOf
import java.util.Locale

private const val SHORT_DIGEST = 16

/** Numbers and things as people read them; the page in the browser writes numbers alike. */
internal class Words(private val resources: Resources) {
    /** Gives a share: 0.7134 is `71.3 %`. */
    fun percent(share: Float): String = resources.getString(R.string.percent, number("%.1f", share * 100))

    /** Gives how scores are written: as percentages where all are shares, else as numbers. */
    fun scores(all: List<Float>): (Float) -> String = if (all.all { it in 0f..1f }) ::percent else ::plain

    /** Gives a number with what is worth reading of it. */
    fun plain(value: Float): String = number("%.4g", value)

    /** Gives frames a second, with tenths. */
    fun pace(framesASecond: Double): String = number("%.1f", framesASecond)

    fun milliseconds(ms: Double): String = resources.getString(R.string.milliseconds, number(if (ms < 9.95) "%.1f" else "%.0f", ms))

    /** Gives a size in decimal units: `5.4 MB`. */
    fun bytes(count: Long): String = when {
        count < 1000 -> "$count B"
        count < 999_500 -> number("%.0f kB", count / 1e3)
        else -> number(if (count < 99_950_000) "%.1f MB" else "%.0f MB", count / 1e6)
    }

    /** Gives the head of a digest, long enough to tell bundles apart by eye. */
    fun digest(digest: String): String = digest.take(SHORT_DIGEST).chunked(SHORT_DIGEST / 2).joinToString("\u2009")

    fun candidate(candidate: Candidate): String = when (candidate.delegate) {
        Delegate.CPU -> resources.getQuantityString(R.plurals.candidate_cpu, candidate.threads, candidate.threads)
        Delegate.NNAPI -> resources.getString(R.string.candidate_nnapi)
        Delegate.GPU -> resources.getString(R.string.candidate_gpu)
    }

    /** Gives what runs: `int8 on CPU, 2 threads`. */
    fun runs(cell: Cell): String = resources.getString(R.string.times_by, variantOf(cell), candidate(cell.candidate))

    fun delegate(delegate: Delegate): String = resources.getString(
        when (delegate) {
            Delegate.CPU -> R.string.settings_cpu
            Delegate.NNAPI -> R.string.candidate_nnapi
            Delegate.GPU -> R.string.candidate_gpu
        },
    )

    /** Gives the sentence of a cell that failed while it was in use: which, why, and what runs in its place. */
    fun failed(failed: Cell, used: Cell): String = resources.getString(R.string.check_failed, runs(failed), failed.detail, runs(used))

    /** Gives the sentence of a setting that cannot be met: which, why, and what runs instead. */
    fun unmet(unmet: Unmet, used: Cell): String = resources.getString(R.string.check_unmet, set(unmet.settings), whyNot(unmet), runs(used))

    private fun set(settings: Settings): String = listOfNotNull(
        settings.variant,
        settings.delegate?.let(::delegate),
        settings.threads?.let { resources.getQuantityString(R.plurals.settings_threads_set, it, it) },
    ).joinToString()

    private fun whyNot(unmet: Unmet): String {
        val cell = unmet.nearest
        return when {
            unmet.noVariant -> resources.getString(R.string.unmet_no_variant)
            cell == null -> resources.getString(R.string.unmet_not_tried)
            cell.verdict == Verdict.WRONG -> resources.getString(R.string.unmet_wrong, cell.detail)
            cell.verdict == Verdict.FAILED -> resources.getString(R.string.unmet_failed, cell.detail)
            else -> resources.getString(R.string.unmet_not_run, cell.detail)
        }
    }

    fun verdict(verdict: Verdict): String = resources.getString(
        when (verdict) {
            Verdict.RIGHT -> R.string.verdict_right
            Verdict.WRONG -> R.string.verdict_wrong
            Verdict.FAILED -> R.string.verdict_failed
            Verdict.NOT_RUN -> R.string.verdict_not_run
        },
    )

    fun task(task: Task): String = resources.getString(
        when (task) {
            Task.IMAGE_CLASSIFICATION -> R.string.task_image_classification
            Task.OBJECT_DETECTION -> R.string.task_object_detection
            Task.KEYPOINTS -> R.string.task_keypoints
            Task.SEGMENTATION -> R.string.task_segmentation
            Task.TABULAR_CLASSIFICATION, Task.TABULAR_REGRESSION -> R.string.task_tabular
            Task.SIGNAL_CLASSIFICATION, Task.AUDIO_CLASSIFICATION -> R.string.task_signal
            Task.TEXT_CLASSIFICATION, Task.EMBEDDING, Task.GENERIC -> R.string.task_other
        },
    )

    fun origin(origin: Origin): String = resources.getString(
        when (origin) {
            Origin.SHIPPED -> R.string.origin_shipped
            Origin.FILE -> R.string.origin_file
            Origin.SERVER -> R.string.origin_server
        },
    )

    private fun number(format: String, value: Any): String = String.format(Locale.getDefault(), format, value)
}
