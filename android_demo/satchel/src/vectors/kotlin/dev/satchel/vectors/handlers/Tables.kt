package dev.satchel.vectors.handlers

import dev.satchel.Pipeline
import dev.satchel.Row
import dev.satchel.checkSteps
import dev.satchel.dumps
import dev.satchel.families.applied
import dev.satchel.families.rowShapes
import dev.satchel.ops.CellColumn
import dev.satchel.ops.CellKind
import dev.satchel.ops.Cells
import dev.satchel.ops.columns
import dev.satchel.parseSpec
import dev.satchel.readRows
import dev.satchel.steps.Columns
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values

/** Vectors of the steps on rows of tables, and of CSV files. */
val TABLES: Map<String, Handler> = mapOf(
    "columns" to ::firstCells,
    "impute" to ::rowStep,
    "one_hot" to ::rowStep,
    "row_pipeline" to ::rowPipeline,
    "csv" to ::csv,
)

/** Gives a row; {"number": "NaN"} is what JSON has no word for. */
private fun rowOf(given: Any?): Row =
    Row((given as Map<*, *>).entries.associate { (name, cell) -> name as String to if (cell is Map<*, *>) special(cell) else cell })

private fun special(cell: Map<*, *>): Double = (cell["number"] as String).toDouble()

private fun specOf(steps: List<Any?>, tensor: Any? = null) =
    parseSpec(dumps(documentOf("row", steps, tensor, "tabular_regression", listOf(1, 4))))

/** Gives steps that end a row: one for each column of texts that the step leaves. */
private fun encoding(columns: List<Map<*, *>>, step: Map<*, *>): List<Any?> =
    columns.filter { it["kind"] == "category" && !(step["op"] == "one_hot" && step["column"] == it["name"]) }.map {
        mapOf("op" to "one_hot", "column" to it["name"], "categories" to listOf("x"), "unknown" to "ignore")
    }

private fun maps(value: Any?): List<Map<*, *>> = (value as List<*>).map { it as Map<*, *> }

private fun firstCells(case: Json, file: Json): Any? {
    val step = case["step"] as Map<*, *>
    val spec = specOf(listOf(step) + encoding((step["columns"] as List<*>).filterIsInstance<Map<*, *>>(), step))
    checkSteps(spec)
    val first = spec.inputs[0].steps[0] as Columns
    val shapes = rowShapes(spec.inputs[0].steps, "$.inputs[0]")
    return cellsJson(columns(rowOf(case["input"]).cells, shapes[0].columns, first.missing))
}

/** Gives the cells behind one step. */
internal fun rowStep(case: Json, file: Json): Any? {
    val step = case["step"] as Map<*, *>
    val input = maps(case["input"])
    val named = input.filter { it["kind"] != "indicator" }.map { mapOf("name" to it["name"], "kind" to it["kind"]) }
    val spec = specOf(listOf(mapOf("op" to "columns", "columns" to named, "missing" to emptyList<Any?>()), step) + encoding(named, step))
    checkSteps(spec)
    val steps = spec.inputs[0].steps
    val cells = cellsOf(input)
    val made = rowShapes(steps, "$.inputs[0]")[1].columns
    return cellsJson(applied(steps[1], cells, withIndicators(cells, made)))
}

/** Gives the columns behind a step where the case begins with indicators, which stand in front of all others. */
private fun withIndicators(cells: Cells, made: List<CellColumn>): List<CellColumn> =
    cells.columns.takeWhile { it.kind == CellKind.INDICATOR } + made

private fun cellsOf(input: List<Map<*, *>>): Cells {
    val columns = input.map { cell -> CellColumn(cell["name"] as String, CellKind.entries.first { it.word == cell["kind"] }) }
    val numbers = DoubleArray(input.size) { input[it]["value"] as? Double ?: Double.NaN }
    return Cells(columns, numbers, Array(input.size) { input[it]["value"] as? String })
}

private fun cellsJson(cells: Cells): List<Any?> = cells.columns.mapIndexed { place, (name, kind) ->
    val number = cells.numbers[place].takeUnless { it.isNaN() }
    mapOf("name" to name, "kind" to kind.word, "value" to if (kind == CellKind.CATEGORY) cells.texts[place] else number)
}

private fun rowPipeline(case: Json, file: Json): Any? {
    val tensor = case["tensor"]
    val pipeline = Pipeline(specOf(case["steps"] as List<*>, tensor), emptyMap(), tensor?.let { ARTEFACT })
    return Values.of(pipeline.prepare(rowOf(case["input"])).getValue("row"))
}

private fun csv(case: Json, file: Json): Any? {
    val form = case["form"] as Map<*, *>
    val bytes = ((case["input"] as Map<*, *>)["bytes"] as Values).bytes()
    val texts = { name: String -> (form[name] as? List<*>)?.map { it as String } }
    return readRows(
        bytes.inputStream(),
        separator = form["separator"] as? String,
        decimal = (form["decimal"] as? String ?: ".").single(),
        numbers = texts("numbers"),
        columns = texts("columns"),
    ).toList()
}
