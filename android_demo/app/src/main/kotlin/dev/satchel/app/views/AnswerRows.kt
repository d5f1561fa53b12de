package dev.satchel.app.views

import android.content.res.Resources
import dev.satchel.Answer
import dev.satchel.Mask
import dev.satchel.app.R

/** Rows that are shown of a long answer. */
private const val MOST_ROWS = 20

/**
 * One line of an answer.
 *
 * @property share of the longest bar there could be; null where there is no bar.
 */
internal data class AnswerRow(val label: String, val value: String, val share: Float?)

/** An answer as text: the best in large type, and all of it as lines. */
internal data class AnswerText(val best: String, val value: String, val rows: List<AnswerRow>, val more: Int)

/**
 * Gives an answer as people read it, in the words of a phone's language.
 *
 * @param score classes and things with less are left out; masks, points and numbers stay as they are.
 */
internal fun textOf(answer: Answer, resources: Resources, score: Float = 0f): AnswerText {
    val words = Words(resources)
    val rows = rowsOf(answer, resources, words, score)
    val best = when {
        rows.isEmpty() && score > 0f -> resources.getString(R.string.answer_none_above, words.percent(score))
        rows.isEmpty() -> resources.getString(R.string.answer_none)
        answer.objects != null -> counted(resources, R.plurals.answer_objects, rows.size)
        answer.keypoints != null -> counted(resources, R.plurals.answer_points, rows.size)
        answer.values != null && rows.size > 1 -> counted(resources, R.plurals.answer_values, rows.size)
        answer.values != null -> rows.first().value
        else -> rows.first().label
    }
    val value = if (answer.classes != null || answer.mask != null) rows.firstOrNull()?.value.orEmpty() else ""
    return AnswerText(best, value, rows.take(MOST_ROWS), maxOf(0, rows.size - MOST_ROWS))
}

private fun counted(resources: Resources, plural: Int, count: Int) = resources.getQuantityString(plural, count, count)

private fun rowsOf(answer: Answer, resources: Resources, words: Words, score: Float): List<AnswerRow> {
    val name = { label: String?, index: Int -> label?.let(::shortened) ?: resources.getString(R.string.answer_class, index) }
    answer.mask?.let { mask ->
        return shares(mask).map { (index, share) -> AnswerRow(name(mask.labels?.getOrNull(index), index), words.percent(share), share) }
    }
    answer.classes?.let { found ->
        val kept = found.filter { score <= 0f || it.score >= score }
        return bars(words, kept.map { name(it.label, it.index) }, kept.map { it.score })
    }
    answer.objects?.let { found ->
        val kept = found.filter { score <= 0f || it.score >= score }
        return bars(words, kept.map { name(it.label, it.index) }, kept.map { it.score })
    }
    answer.keypoints?.let { found -> return points(found, resources, words) }
    return answer.values?.mapIndexed { place, value ->
        AnswerRow(resources.getString(R.string.answer_value, place + 1), words.plain(value), null)
    }.orEmpty()
}

private fun points(found: List<Answer.Keypoint>, resources: Resources, words: Words) = found.mapIndexed { place, point ->
    val label = point.name?.let(::shortened) ?: resources.getString(R.string.answer_point, place + 1)
    AnswerRow(label, point.score?.let(words::plain) ?: "${words.plain(point.x)}, ${words.plain(point.y)}", point.score)
}

/** Gives rows with bars: scores that are no shares are bars of the largest of them. */
private fun bars(words: Words, labels: List<String>, scores: List<Float>): List<AnswerRow> {
    val format = words.scores(scores)
    val whole = maxOf(1f, scores.maxOfOrNull { Math.abs(it) } ?: 1f)
    return labels.indices.map { AnswerRow(labels[it], format(scores[it]), scores[it] / whole) }
}

/** Gives the share of the picture that each class of a mask has, the largest first. */
internal fun shares(mask: Mask): List<Pair<Int, Float>> {
    val counts = HashMap<Int, Int>()
    for (place in 0 until mask.size) counts.merge(mask[place], 1, Int::plus)
    return counts.entries.sortedWith(compareBy({ -it.value }, { it.key })).map { it.key to it.value.toFloat() / mask.size }
}
