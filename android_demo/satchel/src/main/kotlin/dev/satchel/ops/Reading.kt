package dev.satchel.ops

import dev.satchel.Answer
import dev.satchel.SatchelException

/** What to do about an output that is NaN. */
internal const val BROKEN_MODEL: String = "Run `satchel check`: the model or its conversion is broken, or its input is wrong."

/** What to do about an output of another shape. */
internal const val OTHER_OUTPUT: String = "Change the step, or name another output; `satchel inspect` lists those of the model."

/** Gives exp(x), computed in binary64 and rounded once. */
internal fun exp(x: Float): Float = Math.exp(x.toDouble()).toFloat()

/** Gives 1 / (1 + exp(-x)). */
internal fun sigmoid(x: Float): Float = 1f / (1f + exp(-x))

/**
 * Gives the share of each logit of a row: exp(x - largest) over the sum of all, summed in index order.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun softmax(logits: FloatArray): FloatArray {
    refuseNan(logits)
    val largest = logits.max()
    val found = FloatArray(logits.size) { exp(logits[it] - largest) }
    var sum = found[0]
    for (place in 1 until found.size) sum += found[place]
    for (place in found.indices) found[place] /= sum
    return refuseNan(found)
}

/**
 * Gives the share of each class at each place of a mask.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun softmax(scores: FloatArray, planes: Planes): FloatArray {
    val found = FloatArray(scores.size)
    val row = FloatArray(planes.classes)
    for (place in 0 until planes.width * planes.height) {
        val start = place * planes.place
        for (c in row.indices) row[c] = scores[start + c * planes.next]
        softmax(row).forEachIndexed { c, share -> found[start + c * planes.next] = share }
    }
    return found
}

/**
 * Gives 1 / (1 + exp(-x)) of each number.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun sigmoid(logits: FloatArray): FloatArray {
    refuseNan(logits)
    return FloatArray(logits.size) { sigmoid(logits[it]) }
}

/**
 * Gives the [k] largest scores, best first, the lower index first among equals; all, when there are fewer.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun topK(scores: FloatArray, k: Int): List<Answer.Class> {
    refuseNan(scores)
    val order = bestFirst(scores)
    return List(minOf(k, order.size)) { Answer.Class(order[it], scores[order[it]]) }
}

/**
 * Gives the places of scores, best first, the lower place first among equals.
 *
 * @param scores none is NaN.
 */
internal fun bestFirst(scores: FloatArray): IntArray {
    val keys = LongArray(scores.size) { place ->
        val bits = (0f - scores[place]).toRawBits()
        val rising = if (bits < 0) bits.inv() else bits xor Int.MIN_VALUE
        (rising.toLong() and 0xffffffffL shl 32 or place.toLong()) xor Long.MIN_VALUE
    }
    keys.sort()
    return IntArray(keys.size) { keys[it].toInt() }
}

/** Gives the classes with at least [score], rounded to binary32. */
internal fun threshold(classes: List<Answer.Class>, score: Double): List<Answer.Class> = classes.filter { it.score >= score.toFloat() }

/** Gives the classes with the label of each. */
internal fun label(classes: List<Answer.Class>, labels: List<String>): List<Answer.Class> =
    classes.map { it.copy(label = named(labels, it.index)) }

/**
 * Gives the label of an index.
 *
 * @throws SatchelException model/wrong-output, for an index beyond the list.
 */
internal fun named(labels: List<String>, index: Int): String = labels.getOrNull(index) ?: throw SatchelException(
    "model/wrong-output",
    "the model gave class $index, the list has ${labels.size} labels",
    hint = "Give one label a class, in the model's order.",
)

/**
 * Gives the scores themselves.
 *
 * @throws SatchelException model/nan-output.
 */
internal fun refuseNan(scores: FloatArray, where: String = ""): FloatArray {
    for (each in scores) if (each.isNaN()) throw SatchelException("model/nan-output", "the model gave NaN", where, BROKEN_MODEL)
    return scores
}
