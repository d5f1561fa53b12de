package dev.satchel.families

import dev.satchel.Dtype
import dev.satchel.Input
import dev.satchel.Row
import dev.satchel.SatchelException
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.Thing
import dev.satchel.ops.CellColumn
import dev.satchel.ops.CellKind
import dev.satchel.ops.Cells
import dev.satchel.ops.cellColumns
import dev.satchel.ops.columns
import dev.satchel.ops.impute
import dev.satchel.ops.oneHot
import dev.satchel.ops.oneHotColumns
import dev.satchel.ops.rowValues
import dev.satchel.ops.standardize
import dev.satchel.shown
import dev.satchel.steps.Columns
import dev.satchel.steps.Impute
import dev.satchel.steps.InputStep
import dev.satchel.steps.OneHot
import dev.satchel.steps.Standardize

/** Inputs that begin with columns, and have no step of signals: a row of a table. */
internal object RowFamily : Family {
    override val kind: String get() = "row"

    override fun check(steps: List<InputStep>, where: String): List<Shape> = rowShapes(steps, where)

    override fun plan(input: Input, shapes: List<Shape>, tensor: Tensor?): Plan = RowPlan(input.steps, shapes, tensor)

    override fun load(thing: Thing, input: Input): Thing = thing as? Row
        ?: throw SatchelException("input/wrong-row", "the input '${input.name}' takes a row of a table", hint = "Give a Row.")
}

/** What a step of a row gives: its columns, in order. */
internal data class RowShape(val columns: List<CellColumn>) : Shape {
    override val shape: List<Int?> get() = listOf(columns.size)

    override val dtype: Dtype get() = Dtype.FLOAT32
}

/**
 * Gives what each step of a row gives; [where] is the JSON path of the input.
 *
 * @throws SatchelException spec/impossible-step, spec/unknown-column or spec/column-kind, with the path of the step.
 */
internal fun rowShapes(steps: List<InputStep>, where: String): List<RowShape> {
    val start = RowShape(cellColumns((steps.first() as Columns).columns))
    val shapes = checkedSteps(steps, start, where) { step, before -> after(step, before) }
    val left = shapes.last().columns.find { it.kind == CellKind.CATEGORY } ?: return shapes
    val message = "the column ${shown(left.name)} still holds texts behind the last step"
    throw SatchelException("spec/impossible-step", message, "$where.steps", "Add a one_hot step for it.")
}

private fun after(step: InputStep, before: RowShape): RowShape = when (step) {
    is Impute -> before.also {
        for ((name, value) in step.values) needKind(step, name, if (value is String) CellKind.CATEGORY else CellKind.NUMBER, it)
    }
    is Standardize -> before.also { for (name in namesOf(step)) needKind(step, name, CellKind.NUMBER, it) }
    is OneHot -> {
        needKind(step, step.column, CellKind.CATEGORY, before)
        RowShape(oneHotColumns(before.columns, step.column, step.categories, step.unknown))
    }
    else -> throw SatchelException(
        "spec/impossible-step",
        "${step.op} is no step of a row behind its columns",
        hint = "A row's steps are columns, impute, standardize and one_hot.",
    )
}

private fun namesOf(step: Standardize): List<String> = step.columns ?: throw SatchelException(
    "spec/impossible-step",
    "standardize in a row needs columns, mean and scale",
    hint = "Only a signal is standardized as a whole.",
)

private fun needKind(step: InputStep, name: String, kind: CellKind, before: RowShape) {
    val known = before.columns.filter { it.kind != CellKind.INDICATOR }
    val found = known.find { it.name == name }
    if (found == null) {
        val hint = "The columns are: ${known.joinToString { shown(it.name) }.ifEmpty { "none" }}."
        throw SatchelException("spec/unknown-column", "${step.op} names the column ${shown(name)}, which is not there", hint = hint)
    }
    if (found.kind == kind) return
    val message = "${step.op} takes a column of kind ${kind.word}, ${shown(name)} is of kind ${found.kind.word}"
    throw SatchelException("spec/column-kind", message, hint = "Change the kind in columns, or the step.")
}

/**
 * Gives what one step behind the columns makes of the cells.
 *
 * @param made the columns that there are behind it.
 */
internal fun applied(step: InputStep, cells: Cells, made: List<CellColumn>): Cells = when (step) {
    is Impute -> impute(cells, step.values)
    is OneHot -> oneHot(cells, step.column, step.categories, step.unknown, made)
    is Standardize -> standardize(cells, step.columns.orEmpty(), step.mean.orEmpty(), step.scale.orEmpty())
    else -> error("${step.op} is no step of a row behind its columns")
}

/** The steps of a row. */
private class RowPlan(private val steps: List<InputStep>, shapes: List<Shape>, private val tensor: Tensor?) : Plan {
    private val columns = shapes.map { (it as RowShape).columns }
    private val missing = (steps.first() as Columns).missing

    override fun prepare(thing: Thing, reuse: TensorValue?): TensorValue {
        var cells = columns((thing as Row).cells, columns[0], missing)
        for (place in 1 until steps.size) cells = applied(steps[place], cells, columns[place])
        val values = rowValues(cells)
        return asTensor(values, intArrayOf(values.size), tensor, reuse)
    }
}
