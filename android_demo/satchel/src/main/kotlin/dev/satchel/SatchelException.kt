package dev.satchel

/**
 * A mistake that the user can mend, told in one paragraph.
 *
 * The family of an error is the part of its code before the slash: spec, input, model, bundle or env.
 *
 * @property code stable, `family/name`, the same in every language (`spec/unknown-key`).
 * @property detail what was expected and what was found, without the final full stop.
 * @property where the place: a file, a JSON path (`$.inputs[0].steps[2]`), a tensor; empty when there is none.
 * @property hint what to do next, or the allowed values; empty when the message says it.
 */
public class SatchelException(
    public val code: String,
    public val detail: String,
    public val where: String = "",
    public val hint: String = "",
) : RuntimeException(paragraph(detail, where, hint)) {
    /** Gives the same error with another place. */
    internal fun at(place: String): SatchelException = SatchelException(code, detail, place, hint)
}

private fun paragraph(message: String, where: String, hint: String): String {
    val head = if (where.isEmpty()) message else "$where: $message"
    return if (hint.isEmpty()) "$head." else "$head. $hint"
}
