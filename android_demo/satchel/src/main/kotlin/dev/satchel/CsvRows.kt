package dev.satchel

import dev.satchel.ops.numberHint
import dev.satchel.ops.numberOf
import dev.satchel.ops.trimmed
import java.io.InputStream

private const val SHOWN = 20
private val DECIMAL_COMMA = Regex("[+-]?(?:[0-9]+,?[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]+)?")

/**
 * Gives the rows of a CSV file, each as column name -> text, one at a time: a file of any length takes the memory of one row.
 *
 * The first record is the header. UTF-8, with or without a byte-order mark; fields may be quoted with ", which is doubled
 * inside; a quoted field may hold separators and line ends; records end with LF, CR LF or CR; blank lines are passed over.
 *
 * @param source read once, as the rows are asked for; whoever opened it closes it.
 * @param separator one character; when null, that of comma, semicolon and tab which the header has most of.
 * @param decimal what divides a number's fraction, a point or a comma. With a comma, numbers are given with a point instead.
 * @param numbers the columns that a decimal comma is looked for in; all when null.
 * @param columns names that the header must have.
 * @param name of the file, for errors.
 * @throws SatchelException input/wrong-separator, input/csv-encoding, input/not-csv, input/no-header,
 *   input/duplicate-column, input/missing-column, input/ragged-row, input/not-a-number, input/not-readable; it names the row,
 *   the first behind the header being 1.
 */
public fun readRows(
    source: InputStream,
    separator: String? = null,
    decimal: Char = '.',
    numbers: Collection<String>? = null,
    columns: List<String>? = null,
    name: String = "",
): Sequence<Map<String, String>> {
    val named = separator?.let { separatorOf(it, name) }
    return sequence {
        val text = CsvText(source, name)
        val records = CsvRecords(text, named ?: text.separator(), name)
        val header = checkedHeader(records.next().orEmpty(), columns, name)
        val commas = header.map { decimal == ',' && (numbers == null || it in numbers) }
        var number = 0
        while (true) {
            val record = records.next() ?: break
            yield(rowOf(record, header, commas, listOf(name, "row ${++number}").filter { it.isNotEmpty() }.joinToString()))
        }
    }.constrainOnce()
}

/**
 * Gives the signal of a CSV file, one sample a row.
 *
 * @param columns the names of the channels, in order; all columns of the file when null.
 * @param rate samples a second; null where it is not known.
 * @throws SatchelException what [readRows] throws; input/empty-cell, input/not-a-number, input/empty.
 */
public fun readSignal(
    source: InputStream,
    columns: List<String>? = null,
    rate: Double? = null,
    separator: String? = null,
    decimal: Char = '.',
    name: String = "",
): Signal {
    var values = DoubleArray(256)
    var size = 0
    var rows = 0
    for (row in readRows(source, separator, decimal, columns, columns, name)) {
        rows++
        for (column in columns ?: row.keys) {
            if (size == values.size) values = values.copyOf(2 * size)
            values[size++] = sample(row.getValue(column), column, rows)
        }
    }
    if (rows == 0) throw SatchelException("input/empty", "the table has no rows", name, "A signal has one sample a row.")
    return Signal(values.copyOf(size), size / rows, rate)
}

private fun separatorOf(separator: String, name: String): Int {
    val single = separator.isNotEmpty() && separator.codePointCount(0, separator.length) == 1
    if (single && separator[0] !in "\"\r\n") return separator.codePointAt(0)
    val message = "expected one character, found ${shown(separator)}"
    throw SatchelException("input/wrong-separator", message, name, "Use a comma, a semicolon or a tab.")
}

private fun checkedHeader(found: List<String>, columns: List<String>?, name: String): List<String> {
    if (found.isEmpty()) {
        val message = "expected a header with the columns' names, found nothing"
        throw SatchelException("input/no-header", message, name, "Write the columns' names in the first line.")
    }
    val twice = found.groupingBy { it }.eachCount().filter { it.value > 1 }.keys.minOrNull()
    if (twice != null) {
        val message = "the header has ${shown(twice)} twice"
        throw SatchelException("input/duplicate-column", message, name, "Give each column a name of its own.")
    }
    val lacking = columns.orEmpty() - found.toSet()
    if (lacking.isEmpty()) return found
    val hint = "The header has: ${found.take(SHOWN).joinToString { shown(it) }}."
    throw SatchelException("input/missing-column", "the columns ${lacking.joinToString { shown(it) }} are missing", name, hint)
}

private fun rowOf(record: List<String>, header: List<String>, commas: List<Boolean>, where: String): Map<String, String> {
    if (record.size != header.size) {
        val message = "expected ${header.size} fields as in the header, found ${record.size}"
        throw SatchelException("input/ragged-row", message, where, "Quote fields that hold the separator, or name another separator.")
    }
    val row = LinkedHashMap<String, String>()
    header.forEachIndexed { place, key -> row[key] = if (commas[place]) withPoint(record[place], key, where) else record[place] }
    return row
}

private fun withPoint(field: String, column: String, where: String): String {
    val text = trimmed(field)
    if (DECIMAL_COMMA.matches(text)) return text.replace(',', '.')
    if (numberOf(text) == null) return field
    val message = "expected a number with a decimal comma in the column ${shown(column)}, found ${shown(text)}"
    throw SatchelException("input/not-a-number", message, where, "Points do not group thousands here.")
}

private fun sample(field: String, column: String, number: Int): Double {
    if (trimmed(field).isEmpty()) {
        val message = "expected a number in the column ${shown(column)}, found an empty cell"
        throw SatchelException("input/empty-cell", message, "row $number", "Fill the gaps of a signal before.")
    }
    return numberOf(field) ?: throw SatchelException(
        "input/not-a-number",
        "expected a number in the column ${shown(column)}, found ${shown(field)}",
        "row $number",
        numberHint(field, "Leave out columns that are no channels."),
    )
}
