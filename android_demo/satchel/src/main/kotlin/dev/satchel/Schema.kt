package dev.satchel

/**
 * Closed validation of parsed JSON: a kind gives the typed value back or names the JSON path of the first thing that is
 * wrong, what was found and what is allowed.
 */
internal typealias Kind<T> = (value: Any?, path: String) -> T

/** A value of an enumeration.
 *
 * @property word how a document spells it.
 */
public interface Word {
    public val word: String
}

internal fun wrong(code: String, path: String, message: String, hint: String = ""): SatchelException =
    SatchelException("spec/$code", message, path, hint)

private fun wrongType(expected: String, value: Any?, path: String) = wrong("wrong-type", path, "expected $expected; found ${shown(value)}")

private fun outOfRange(expected: String, value: Any?, path: String) =
    wrong("out-of-range", path, "expected $expected; found ${shown(value)}")

/** Refuses a record whose values do not go together. */
internal fun need(condition: Boolean, path: String, message: String, hint: String = "") {
    if (!condition) throw wrong("inconsistent", path, message, hint)
}

internal fun <T> oneOf(allowed: List<T>): Kind<T> where T : Word = { value, path ->
    allowed.find { it.word == value }
        ?: throw wrong("unknown-value", path, "found ${shown(value)}", "Allowed: ${allowed.joinToString { it.word }}.")
}

internal fun oneNumberOf(vararg allowed: Int): Kind<Int> = { value, path ->
    allowed.find { value is Double && it.toDouble() == value }
        ?: throw wrong("unknown-value", path, "found ${shown(value)}", "Allowed: ${allowed.joinToString()}.")
}

internal fun long(low: Long = -MAX_INTEGER, high: Long = MAX_INTEGER): Kind<Long> = { value, path ->
    if (value !is Double || value != Math.rint(value) || Math.abs(value) > MAX_INTEGER) throw wrongType("an integer", value, path)
    if (value < low) throw outOfRange("at least $low", value, path)
    if (value > high) throw outOfRange("at most $high", value, path)
    value.toLong()
}

internal fun integer(low: Int = Int.MIN_VALUE, high: Int = Int.MAX_VALUE): Kind<Int> {
    val kind = long(low.toLong(), high.toLong())
    return { value, path -> kind(value, path).toInt() }
}

internal fun number(above: Double? = null, low: Double? = null, high: Double? = null): Kind<Double> = { value, path ->
    if (value !is Double) throw wrongType("a number", value, path)
    if (above != null && value <= above) throw outOfRange("more than ${shown(above)}", value, path)
    if (low != null && value < low) throw outOfRange("at least ${shown(low)}", value, path)
    if (high != null && value > high) throw outOfRange("at most ${shown(high)}", value, path)
    value
}

/** A text; its length is counted in Unicode characters. */
internal fun string(min: Int = 0, max: Int = Int.MAX_VALUE, pattern: Regex? = null): Kind<String> = { value, path ->
    if (value !is String) throw wrongType("a string", value, path)
    val length = value.codePointCount(0, value.length)
    if (length < min) throw outOfRange("at least $min characters", value, path)
    if (length > max) throw outOfRange("at most $max characters", value, path)
    if (pattern != null && !pattern.matches(value)) throw outOfRange("a text like ${pattern.pattern}", value, path)
    value
}

internal val boolean: Kind<Boolean> = { value, path -> value as? Boolean ?: throw wrongType("true or false", value, path) }

internal val anything: Kind<Any?> = { value, _ -> value }

internal fun <T> list(item: Kind<T>, min: Int = 0, max: Int = Int.MAX_VALUE): Kind<List<T>> = { value, path ->
    if (value !is List<*>) throw wrongType("an array", value, path)
    val items = value.take(max).mapIndexed { place, each -> item(each, "$path[$place]") }
    if (value.size > max) throw outOfRange("at most $max items", value, path)
    if (value.size < min) throw outOfRange("at least $min items", value, path)
    items
}

internal fun <T> exactly(item: Kind<T>, count: Int): Kind<List<T>> = { value, path ->
    if (value !is List<*>) throw wrongType("an array", value, path)
    if (value.size > count) throw outOfRange("at most $count items", value, path)
    val items = value.mapIndexed { place, each -> item(each, "$path[$place]") }
    if (value.size < count) throw wrong("missing-key", path, "expected $count items, found ${value.size}")
    items
}

internal fun <T> mapping(key: Kind<String>, item: Kind<T>, min: Int = 0): Kind<Map<String, T>> = { value, path ->
    val given = entriesOf(value, path)
    val found = LinkedHashMap<String, T>()
    for (name in given.keys.sortedWith(::byCodePoint)) found[key(name, "$path.$name")] = item(given[name], "$path.$name")
    if (found.size < min) throw outOfRange("at least $min entries", value, path)
    found
}

/** The fields of one object, each read once by its name. */
internal class Fields(private val given: Map<String, Any?>, private val path: String) {
    private val known = LinkedHashSet<String>()

    fun <T> field(name: String, kind: Kind<T>): T {
        known.add(name)
        if (name !in given) throw wrong("missing-key", "$path.$name", "the key ${shown(name)} is missing")
        return kind(given[name], "$path.$name")
    }

    /** Gives null for a field that is absent or null. */
    fun <T : Any> optional(name: String, kind: Kind<T>): T? {
        known.add(name)
        return given[name]?.let { kind(it, "$path.$name") }
    }

    fun <T> defaulted(name: String, kind: Kind<T>, absent: T): T {
        known.add(name)
        return if (name in given) kind(given[name], "$path.$name") else absent
    }

    fun refuseUnknown() {
        val unknown = given.keys.filter { it !in known }.sortedWith(::byCodePoint).firstOrNull() ?: return
        val allowed = known.sorted().joinToString()
        throw wrong("unknown-key", "$path.$unknown", "the key ${shown(unknown)} is not known here", "Allowed: $allowed.")
    }
}

/** An object with exactly these fields: each is checked in their order, then unknown keys are refused, then [rule] is asked. */
internal fun <T> record(rule: (found: T, path: String) -> Unit = { _, _ -> }, make: Fields.() -> T): Kind<T> = { value, path ->
    val fields = Fields(entriesOf(value, path), path)
    val found = fields.make()
    fields.refuseUnknown()
    rule(found, path)
    found
}

/** A record told from others by its `op`. */
internal fun <T> byOp(ops: Map<String, Kind<T>>): Kind<T> = { value, path ->
    val given = entriesOf(value, path)
    if ("op" !in given) throw wrong("missing-key", path, "the key \"op\" is missing")
    val kind = ops[given["op"] as? String]
        ?: throw wrong("unknown-op", path, "the op ${shown(given["op"])} is not known here", "Allowed: ${ops.keys.joinToString()}.")
    kind(value, path)
}

@Suppress("UNCHECKED_CAST") // The reader of JSON makes no other maps.
internal fun entriesOf(value: Any?, path: String): Map<String, Any?> =
    value as? Map<String, Any?> ?: throw wrongType("an object", value, path)
