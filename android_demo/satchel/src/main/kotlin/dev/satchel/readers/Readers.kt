package dev.satchel.readers

import dev.satchel.steps.OutputStep

/** How every reading step is carried out, by its op. */
internal val READ_OPS: Map<String, ReadOp<*>> = SCORES + BOXES + POINTS + MASKS + NUMBERS

/** Gives how a step is carried out. */
@Suppress("UNCHECKED_CAST") // The map holds for each op the ReadOp of its own type of step.
internal fun readOp(step: OutputStep): ReadOp<OutputStep> = READ_OPS.getValue(step.op) as ReadOp<OutputStep>
