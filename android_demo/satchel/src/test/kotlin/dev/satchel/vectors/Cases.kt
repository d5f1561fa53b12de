package dev.satchel.vectors

import dev.satchel.Dtype
import dev.satchel.Photo
import dev.satchel.SatchelException
import dev.satchel.TensorValue
import dev.satchel.loads
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest
import java.util.Base64
import java.util.zip.Inflater
import java.util.zip.InflaterInputStream

/** The folder of the golden vectors, the one that every language reads. */
val VECTORS: File = File(System.getProperty("satchel.vectors"))

/** A case, or a file of cases, as parsed JSON in which arrays are [Values]. */
typealias Json = Map<String, Any?>

/** Gives what Satchel makes of a case, in the form of its `expected`; or throws SatchelException. */
typealias Handler = (case: Json, file: Json) -> Any?

/** An array of a vector: little-endian bytes, row by row. */
class Values(val dtype: String, val shape: List<Int>, bytes: ByteArray) {
    val raw: ByteBuffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)

    val size: Int = raw.limit() / SIZES.getValue(dtype)

    fun bytes(): ByteArray = raw.array()

    fun floats(): FloatArray = FloatArray(size) { raw.getFloat(4 * it) }

    fun doubles(): DoubleArray = DoubleArray(size) { if (dtype == "float64") raw.getDouble(8 * it) else number(it) }

    fun ints(): IntArray = IntArray(size) { number(it).toInt() }

    /** Gives a value as binary64, which holds all that there are. */
    fun number(place: Int): Double = when (dtype) {
        "uint8", "bool" -> (raw.get(place).toInt() and 255).toDouble()
        "int8" -> raw.get(place).toDouble()
        "int16" -> raw.getShort(2 * place).toDouble()
        "int32" -> raw.getInt(4 * place).toDouble()
        "int64" -> raw.getLong(8 * place).toDouble()
        "float32" -> raw.getFloat(4 * place).toDouble()
        else -> raw.getDouble(8 * place)
    }

    /** Gives the array as a tensor of a model. */
    fun tensor(): TensorValue = TensorValue(Dtype.entries.first { it.word == dtype }, shape.toIntArray(), raw)

    companion object {
        private val SIZES = Dtype.entries.associate { it.word to it.bytes } + ("float64" to 8)

        fun of(values: FloatArray, shape: List<Int>): Values = of("float32", shape, 4 * values.size) { bytes ->
            values.forEach(bytes::putFloat)
        }

        fun of(values: DoubleArray, shape: List<Int>): Values = of("float64", shape, 8 * values.size) { bytes ->
            values.forEach(bytes::putDouble)
        }

        fun of(values: IntArray, shape: List<Int>): Values = of("int32", shape, 4 * values.size) { bytes -> values.forEach(bytes::putInt) }

        fun of(values: ByteArray, shape: List<Int>): Values = Values("uint8", shape, values)

        fun of(value: TensorValue): Values = Values(value.dtype.word, value.shape.toList(), value.bytes())

        private fun of(dtype: String, shape: List<Int>, size: Int, fill: (ByteBuffer) -> Unit): Values =
            Values(dtype, shape, ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).also(fill).array())
    }
}

/** Gives a JSON value with its arrays as [Values]; one of which only the hash is stored stays as it is. */
fun unpacked(value: Any?): Any? = when {
    value is List<*> -> value.map(::unpacked)
    value is Map<*, *> && "dtype" in value && "data" in value ->
        Values(value["dtype"] as String, sides(value["shape"]), Base64.getDecoder().decode(value["data"] as String))
    value is Map<*, *> -> value.mapValues { unpacked(it.value) }
    else -> value
}

fun sides(shape: Any?): List<Int> = (shape as List<*>).map { (it as Double).toInt() }

/** Gives the file of cases at a path. */
@Suppress("UNCHECKED_CAST") // Every file of vectors is an object.
fun read(file: File): Json = loads(file.readBytes(), file.path, 1000) as Json

/** Gives what a `.z` file of the vectors holds. */
fun stored(name: String): ByteArray {
    val out = ByteArrayOutputStream()
    InflaterInputStream(File(VECTORS, name).inputStream(), Inflater(true)).use { it.copyTo(out) }
    return out.toByteArray()
}

/** Gives the pixels of a case, which may stand in a file of their own. */
fun photo(given: Any?): Photo {
    if (given is Values) return Photo.fromPixels(given.bytes(), given.shape[1], given.shape[0])
    val place = given as Map<*, *>
    return Photo.fromPixels(stored(place["file"] as String), (place["width"] as Double).toInt(), (place["height"] as Double).toInt())
}

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
