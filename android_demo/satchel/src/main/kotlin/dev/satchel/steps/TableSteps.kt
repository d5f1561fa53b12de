package dev.satchel.steps

import dev.satchel.Kind
import dev.satchel.Word
import dev.satchel.list
import dev.satchel.mapping
import dev.satchel.need
import dev.satchel.number
import dev.satchel.oneOf
import dev.satchel.record
import dev.satchel.string

/** What the cells of a column are: numbers, or texts of a few kinds. */
public enum class ColumnKind(override val word: String) : Word {
    NUMBER("number"),
    CATEGORY("category"),
}

/** What `one_hot` makes of a text that is none of its categories. */
public enum class Unknown(override val word: String) : Word {
    ERROR("error"),
    IGNORE("ignore"),
    BUCKET("bucket"),
}

/** One column: its name in the header, and what its cells are. */
public data class Column internal constructor(val name: String, val kind: ColumnKind)

/** A row of a table -> the cells of these columns, in this order; texts that are in [missing] mean no value. */
public data class Columns internal constructor(val columns: List<Column>, val missing: List<String>) : InputStep {
    override val op: String get() = "columns"
}

/** Missing cells -> the value of their column: a Double in a column of numbers, a String in one of categories. */
public data class Impute internal constructor(val values: Map<String, Any>) : InputStep {
    override val op: String get() = "impute"
}

/**
 * x -> (x - mean) / scale, in binary64.
 *
 * In a row: [columns] names the columns, [mean] and [scale] have one number each. In a signal: no [columns], one number
 * for all channels or one a channel; or neither mean nor scale: each channel's own, window by window.
 */
public data class Standardize internal constructor(
    val columns: List<String>?,
    val mean: List<Double>?,
    val scale: List<Double>?,
) : InputStep {
    override val op: String get() = "standardize"
}

/** A column of categories -> one indicator a category, in its place; [unknown] says what other texts become. */
public data class OneHot internal constructor(
    val column: String,
    val categories: List<String>,
    val unknown: Unknown,
) : InputStep {
    override val op: String get() = "one_hot"
}

private val columnName = string(1, 256)
private val text = string(0, 1024)
private val numbers = list(number(), 1, 4096)
private val numberOrText: Kind<Any> = { value, path -> value as? String ?: number()(value, path) }
private val column = record { Column(field("name", columnName), field("kind", oneOf(ColumnKind.entries))) }

private fun distinctColumns(step: Columns, path: String) {
    val twice = step.columns.groupingBy { it.name }.eachCount().filter { it.value > 1 }.keys.sorted()
    need(twice.isEmpty(), path, "columns are named twice: ${twice.joinToString()}")
}

private fun goesTogether(step: Standardize, path: String) {
    need((step.mean == null) == (step.scale == null), path, "mean and scale come together")
    need(step.scale.orEmpty().none { it == 0.0 }, path, "scale holds a 0, by which nothing can be divided")
    val names = step.columns ?: return
    val (means, scales) = step.mean.orEmpty().size to step.scale.orEmpty().size
    need(names.size == means && names.size == scales, path, "${names.size} columns have $means means and $scales scales")
    need(names.toSet().size == names.size, path, "a column is named twice")
}

private fun distinctCategories(step: OneHot, path: String) =
    need(step.categories.toSet().size == step.categories.size, path, "a category stands twice")

internal val TABLE_STEPS: Map<String, Kind<InputStep>> = mapOf(
    "columns" to step(::distinctColumns) { Columns(field("columns", list(column, 1, 4096)), field("missing", list(text, 0, 256))) },
    "impute" to step { Impute(field("values", mapping(columnName, numberOrText, 1))) },
    "standardize" to step(::goesTogether) {
        Standardize(optional("columns", list(columnName, 1, 4096)), optional("mean", numbers), optional("scale", numbers))
    },
    "one_hot" to step(::distinctCategories) {
        OneHot(field("column", columnName), field("categories", list(text, 1, 100_000)), field("unknown", oneOf(Unknown.entries)))
    },
)
