package dev.satchel.vectors

import dev.satchel.SatchelException
import java.security.MessageDigest

/** Gives why a case is not as it should be; null when it is. */
fun complaint(handler: Handler, case: Json, file: Json): String? {
    val found = try {
        handler(case, file)
    } catch (error: SatchelException) {
        if (case["result"] == "valid") return "refused: ${error.code} ${error.where}: ${error.message}"
        val wanted = "${case["code"]} ${case["where"] ?: error.where}"
        val given = "${error.code} ${error.where}"
        return if (given == wanted) null else "expected $wanted, found $given"
    }
    if (case["result"] == "invalid") return "expected ${case["code"]}, found an answer"
    return difference(found, case["expected"], tolerance(case["tolerance"]), "$")
}

/** How near a number must be. */
private class Tolerance(val ulp: Int?, val absolute: Double?)

private fun tolerance(given: Any?): Tolerance =
    ((given as? Map<*, *>) ?: emptyMap<String, Any?>()).let { Tolerance((it["ulp"] as? Double)?.toInt(), it["absolute"] as? Double) }

/** Gives the first place where two values differ, in words; null where they agree. */
private fun difference(found: Any?, expected: Any?, tolerance: Tolerance, path: String): String? = when {
    expected is Double && found is Number ->
        if (near(found.toDouble(), expected, tolerance)) null else "$path: expected $expected, found $found"
    expected is Values -> arrayDifference(found, expected, tolerance, path)
    expected is Map<*, *> && "sha256" in expected -> hashDifference(found, expected, path)
    expected is Map<*, *> && found is Map<*, *> -> mapDifference(found, expected, tolerance, path)
    expected is List<*> && found is List<*> -> when {
        expected.size != found.size -> "$path: expected ${expected.size} items, found ${found.size}"
        else -> expected.indices.firstNotNullOfOrNull { difference(found[it], expected[it], tolerance, "$path[$it]") }
    }
    else -> if (found == expected) null else "$path: expected $expected, found $found"
}

private fun mapDifference(found: Map<*, *>, expected: Map<*, *>, tolerance: Tolerance, path: String): String? {
    if (found.keys != expected.keys) return "$path: expected the keys ${expected.keys}, found ${found.keys}"
    return expected.keys.firstNotNullOfOrNull { difference(found[it], expected[it], tolerance, "$path.$it") }
}

private fun hashDifference(found: Any?, expected: Map<*, *>, path: String): String? {
    if (found !is Values) return "$path: expected an array, found $found"
    val hash = MessageDigest.getInstance("SHA-256").digest(asDtype(found, expected["dtype"] as String)).joinToString("") {
        "%02x".format(it)
    }
    val same = hash == expected["sha256"] && found.shape == sides(expected["shape"])
    return if (same) null else "$path: expected ${expected["sha256"]} ${expected["shape"]}, found $hash ${found.shape}"
}

/** Gives whole numbers that are binary32 as the bytes that they stand for. */
private fun asDtype(found: Values, dtype: String): ByteArray =
    if (found.dtype == "float32" && dtype == "uint8") ByteArray(found.size) { found.number(it).toInt().toByte() } else found.bytes()

private fun arrayDifference(found: Any?, expected: Values, tolerance: Tolerance, path: String): String? {
    if (found !is Values) return "$path: expected an array, found $found"
    if (found.shape != expected.shape) return "$path: expected the shape ${expected.shape}, found ${found.shape}"
    val same = found.dtype == expected.dtype || (expected.dtype == "uint8" && found.dtype == "float32") || expected.dtype == "int64"
    if (!same) return "$path: expected ${expected.dtype}, found ${found.dtype}"
    val wrong = (0 until expected.size).firstOrNull { !near(found.number(it), expected.number(it), tolerance) } ?: return null
    return "$path[$wrong]: expected ${expected.number(wrong)}, found ${found.number(wrong)}"
}

/** Gives whole numbers that lie as the binary32 values do, one apart for one unit in the last place. */
private fun ordered(value: Double): Long = value.toFloat().toRawBits().let { if (it < 0) -(it.toLong() and 0x7fffffff) else it.toLong() }

/** NaN equals NaN; 0 and -0 are not equal. */
private fun near(found: Double, expected: Double, tolerance: Tolerance): Boolean = when {
    found.compareTo(expected) == 0 -> true
    found.isNaN() || expected.isNaN() -> false
    tolerance.ulp != null -> Math.abs(ordered(found) - ordered(expected)) <= tolerance.ulp
    else -> tolerance.absolute != null && Math.abs(found - expected) <= tolerance.absolute
}
