package dev.satchel.ops

import dev.satchel.SatchelException
import dev.satchel.shown
import dev.satchel.steps.Column
import dev.satchel.steps.ColumnKind
import dev.satchel.steps.Unknown

private const val MAX_INTEGER = 9_007_199_254_740_992.0
private const val SHOWN = 12
private const val DECIMAL_COMMA = "It looks like a decimal comma: read the file with a decimal of ','."

/** A number as text: ASCII digits, at most one decimal point, an exponent; no blanks, no groups of thousands. */
private val NUMBER = Regex("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

/** What the cells of a column are; an indicator is what one_hot made, and no step names it. */
internal enum class CellKind(val word: String) {
    NUMBER("number"),
    CATEGORY("category"),
    INDICATOR("indicator"),
}

/** The name of a column and what its cells are. */
internal data class CellColumn(val name: String, val kind: CellKind)

/**
 * The cells of a row, one a column.
 *
 * @property numbers of numbers and indicators; NaN where there is no value.
 * @property texts of categories; null where there is no value.
 */
internal class Cells(val columns: List<CellColumn>, val numbers: DoubleArray, val texts: Array<String?>) {
    /** Gives the same with memory of its own. */
    fun copy(): Cells = Cells(columns, numbers.copyOf(), texts.copyOf())
}

/** Gives the columns that a row begins with. */
internal fun cellColumns(wanted: List<Column>): List<CellColumn> =
    wanted.map { CellColumn(it.name, if (it.kind == ColumnKind.NUMBER) CellKind.NUMBER else CellKind.CATEGORY) }

/**
 * Gives the cells of the wanted columns, in that order; other columns are passed over.
 *
 * A number loses the blanks and tabs around it; a category is the text as it stands, or the digits of a whole number. A
 * text that is one of [missing] means that there is no value, and so do null and a NaN that is no text.
 *
 * @throws SatchelException input/missing-column, input/not-a-number, input/not-finite, input/wrong-cell.
 */
internal fun columns(row: Map<String, Any?>, wanted: List<CellColumn>, missing: List<String>): Cells {
    val lacking = wanted.map { it.name }.filter { it !in row }
    if (lacking.isNotEmpty()) {
        val message = if (lacking.size > 1) "the columns ${listed(lacking)} are missing" else "the column ${listed(lacking)} is missing"
        throw SatchelException("input/missing-column", message, hint = "The columns are: ${listed(row.keys)}.")
    }
    val cells = Cells(wanted, DoubleArray(wanted.size) { Double.NaN }, arrayOfNulls(wanted.size))
    wanted.forEachIndexed { place, (name, kind) ->
        val value = row[name]
        if (kind == CellKind.NUMBER) {
            cells.numbers[place] = number(name, value, missing)
        } else {
            cells.texts[place] = category(name, value, missing)
        }
    }
    return cells
}

/** Gives the cells with the values of their columns where they were missing (SimpleImputer's transform). */
internal fun impute(cells: Cells, values: Map<String, Any>): Cells = cells.copy().also { found ->
    cells.columns.forEachIndexed { place, (name, kind) ->
        val value = values[name] ?: return@forEachIndexed
        if (kind == CellKind.NUMBER && found.numbers[place].isNaN()) found.numbers[place] = value as Double
        if (kind == CellKind.CATEGORY && found.texts[place] == null) found.texts[place] = value as String
    }
}

/** Gives (x - mean) / scale in the columns named (StandardScaler's transform); a missing value stays missing. */
internal fun standardize(cells: Cells, names: List<String>, mean: List<Double>, scale: List<Double>): Cells = cells.copy().also { found ->
    cells.columns.forEachIndexed { place, (name, kind) ->
        val which = if (kind == CellKind.NUMBER) names.indexOf(name) else -1
        if (which >= 0) found.numbers[place] = (found.numbers[place] - mean[which]) / scale[which]
    }
}

/** Gives the columns that there are when one of categories has become indicators, one more of them for a bucket. */
internal fun oneHotColumns(columns: List<CellColumn>, column: String, categories: List<String>, unknown: Unknown): List<CellColumn> {
    val bucket = if (unknown == Unknown.BUCKET) listOf(CellColumn(column, CellKind.INDICATOR)) else emptyList()
    val made = categories.map { CellColumn("$column=$it", CellKind.INDICATOR) } + bucket
    return columns.flatMap { if (it.name == column && it.kind == CellKind.CATEGORY) made else listOf(it) }
}

/**
 * Gives the cells with one column replaced by an indicator a category, 1 for the cell's own and 0 for the others.
 *
 * A text that is none of them, or a missing one, is refused (`error`), has no 1 (`ignore`, as OneHotEncoder does), or has
 * it in one more indicator behind the others (`bucket`, as OneHotEncoder's infrequent categories).
 *
 * @param made what [oneHotColumns] gives.
 * @throws SatchelException input/unknown-category.
 */
internal fun oneHot(cells: Cells, column: String, categories: List<String>, unknown: Unknown, made: List<CellColumn>): Cells {
    val place = cells.columns.indexOfFirst { it.name == column && it.kind == CellKind.CATEGORY }
    val text = cells.texts[place]
    val category = categories.indexOf(text)
    if (category < 0 && unknown == Unknown.ERROR) {
        val found = if (text == null) "an empty cell" else shown(text)
        val message = "expected a known category in the column ${shown(column)}, found $found"
        throw SatchelException("input/unknown-category", message, hint = "Allowed: ${listed(categories)}.")
    }
    val found = Cells(made, DoubleArray(made.size), arrayOfNulls(made.size))
    val behind = place + 1 + made.size - cells.columns.size
    cells.numbers.copyInto(found.numbers, 0, 0, place)
    cells.texts.copyInto(found.texts, 0, 0, place)
    cells.numbers.copyInto(found.numbers, behind, place + 1)
    cells.texts.copyInto(found.texts, behind, place + 1)
    val own = if (category < 0 && unknown == Unknown.BUCKET) categories.size else category
    if (own >= 0) found.numbers[place + own] = 1.0
    return found
}

/**
 * Gives the values of a row, one a column, each rounded once.
 *
 * @throws SatchelException input/empty-cell, input/not-finite.
 */
internal fun rowValues(cells: Cells): FloatArray {
    cells.columns.forEachIndexed { place, (name) ->
        if (!cells.numbers[place].isNaN()) return@forEachIndexed
        val message = "expected a value in the column ${shown(name)}, found an empty cell"
        throw SatchelException("input/empty-cell", message, hint = "Fill it in, or give the spec an impute step for it.")
    }
    val found = FloatArray(cells.numbers.size) { cells.numbers[it].toFloat() }
    val infinite = found.indexOfFirst { it.isInfinite() }
    if (infinite < 0) return found
    val message = "the value of the column ${shown(cells.columns[infinite].name)} is infinite in binary32"
    throw SatchelException("input/not-finite", message, hint = "Check the cell, mean and scale.")
}

/** Gives a text without the blanks and tabs around it. */
internal fun trimmed(text: String): String = text.trim(' ', '\t')

/** Gives the number that a text is, without blanks and tabs around it; null when it is none. It may be infinite. */
internal fun numberOf(text: String): Double? = trimmed(text).let { if (NUMBER.matches(it)) it.toDouble() else null }

/** Gives what to do about a text that is no number. */
internal fun numberHint(text: String, otherwise: String): String =
    if (',' in text && numberOf(text.replaceFirst(',', '.')) != null) DECIMAL_COMMA else otherwise

private fun number(name: String, value: Any?, missing: List<String>): Double {
    val found = if (value is String) textNumber(name, value, missing) else plain(name, value)
    if (!found.isInfinite()) return found
    val message = "the number in the column ${shown(name)} is infinite"
    throw SatchelException("input/not-finite", message, hint = "Correct the cell, or leave it empty.")
}

private fun textNumber(name: String, text: String, missing: List<String>): Double {
    if (text in missing || trimmed(text) in missing) return Double.NaN
    return numberOf(text) ?: throw SatchelException(
        "input/not-a-number",
        "expected a number in the column ${shown(name)}, found ${shown(text)}",
        hint = numberHint(text, "Use digits with a decimal point, or list the text among the step's missing."),
    )
}

private fun category(name: String, value: Any?, missing: List<String>): String? {
    val text = value as? String ?: digits(name, plain(name, value))
    return text.takeIf { it !in missing }
}

private fun digits(name: String, number: Double): String? {
    if (number.isNaN()) return null
    if (number == Math.rint(number) && Math.abs(number) <= MAX_INTEGER) return number.toLong().toString()
    val message = "expected a text in the column ${shown(name)}, found the number $number"
    throw SatchelException("input/wrong-cell", message, hint = "Give a category as text, or as a whole number.")
}

/** Gives a cell that is no text as a number; NaN where there is no value. */
private fun plain(name: String, value: Any?): Double = when (value) {
    null -> Double.NaN
    is Number -> value.toDouble()
    else -> {
        val message = "expected text or a number in the column ${shown(name)}, found ${value::class.simpleName}"
        throw SatchelException("input/wrong-cell", message, hint = "Give text, a number, or null for an empty cell.")
    }
}

private fun listed(names: Collection<String>): String =
    names.take(SHOWN).joinToString { shown(it) } + if (names.size > SHOWN) " and ${names.size - SHOWN} more" else ""
