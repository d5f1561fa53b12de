package dev.satchel

import dev.satchel.ops.dequantize
import java.nio.ByteBuffer

/** The smallest normal binary32, below which nothing is divided by. */
private const val SMALLEST = java.lang.Float.MIN_NORMAL.toDouble()

/**
 * How one golden case went, over all its runs.
 *
 * @property prepared whether the prepared tensors are identical.
 * @property outputs whether the model's outputs are within the bound.
 * @property largest the largest difference of an output, as a share of its largest magnitude.
 * @property answer whether the answer is the expected one.
 */
public data class CaseReport(
    val id: String,
    val prepared: Boolean,
    val outputs: Boolean,
    val largest: Double,
    val answer: Boolean,
) {
    /** Whether all of it is as it should be. */
    val pass: Boolean get() = prepared && outputs && answer
}

/** How the golden cases of an artefact went; [bound] is that of its outputs. */
public data class Report(val artefact: String, val bound: Double, val cases: List<CaseReport>) {
    /** Whether every case is as it should be. */
    val pass: Boolean get() = cases.all { it.pass }
}

internal fun checkGolden(bundle: Bundle, runs: Int, onCase: (CaseReport) -> Unit): Report {
    val artefact = bundle.pipeline().let { bundle.artefact!! }
    val bound = bundle.reader.golden.bounds.getValue(artefact)
    val cases = bundle.reader.golden.cases.map { each ->
        val found = List(runs) { checkCase(bundle, each, artefact, bound) }
        val largest = found.maxOf { it.largest }
        CaseReport(each.id, found.all { it.prepared }, found.all { it.outputs }, largest, found.all { it.answer }).also(onCase)
    }
    return Report(artefact, bound, cases)
}

private fun checkCase(bundle: Bundle, case: GoldenCase, artefact: String, bound: Double): CaseReport {
    val expected = case.artefacts.getValue(artefact)
    val inputs = bundle.reader.goldenInput(case)
    val windows = bundle.pipeline().windows(if (inputs.size == 1) inputs.values.first() else Things(inputs))
    val prepared = expected.prepared.all { (name, wanted) -> sha256(windows.map { it.tensors.getValue(name).data }) == wanted.sha256 }
    val outputs = windows.map { WindowOutputs(it.start, bundle.infer(it.tensors, copied = true)) }
    val largest = expected.outputs.maxOf { (name, wanted) -> difference(wanted, outputs.map { it.outputs.getValue(name) }, bound) }
    val answer = answersSame(bundle, outputs, windows.first(), expected, bound)
    return CaseReport(case.id, prepared, largest <= bound, largest, answer)
}

private fun answersSame(bundle: Bundle, outputs: List<WindowOutputs>, first: Prepared, expected: GoldenExpected, bound: Double): Boolean =
    try {
        sameAnswer(expected.answer, withoutNulls(answerJson(bundle.pipeline().readWindows(outputs, first.trace))), bound)
    } catch (_: SatchelException) {
        false
    }

private fun withoutNulls(value: Map<String, Any?>): Map<String, Any?> = entriesOf(bare(value), "$")

private fun bare(value: Any?): Any? = when (value) {
    is Map<*, *> -> value.filterValues { it != null }.mapValues { bare(it.value) }
    is List<*> -> value.map(::bare)
    else -> value
}

/** Gives the largest difference of an output from what is wanted, as a share; infinite where they cannot be compared. */
private fun difference(wanted: GoldenValues, found: List<TensorValue>, bound: Double): Double {
    val size = wanted.shape.fold(1L) { total, side -> total * side }
    if (found.sumOf { it.size.toLong() } != size || found.any { it.dtype != wanted.dtype }) return Double.POSITIVE_INFINITY
    if (wanted.sha256 != null && bound == 0.0 && sha256(found.map { it.data }) != wanted.sha256) return Double.POSITIVE_INFINITY
    val kept = TensorValue(wanted.dtype, intArrayOf(wanted.data.size / wanted.dtype.bytes), ByteBuffer.wrap(wanted.data))
    val values = found.map(::numbers).reduce(DoubleArray::plus)
    return difference(numbers(kept), values, wanted.every ?: 1, wanted.largest ?: 0.0)
}

private fun numbers(value: TensorValue): DoubleArray = dequantize(value, null, null).data.let { data ->
    DoubleArray(data.size) { data[it].toDouble() }
}

private fun difference(wanted: DoubleArray, found: DoubleArray, every: Int, largest: Double): Double {
    var most = 0.0
    var scale = maxOf(SMALLEST, largest)
    for (place in wanted.indices) {
        val one = Math.abs(wanted[place] - found[place * every])
        if (one.isNaN()) return Double.POSITIVE_INFINITY
        most = maxOf(most, one)
        scale = maxOf(scale, Math.abs(wanted[place]))
    }
    return most / scale
}
