package dev.satchel

import dev.satchel.steps.FrameFormat
import dev.satchel.steps.FrameRange
import dev.satchel.steps.NAME
import dev.satchel.steps.side
import java.util.Base64

private const val LEAST = 3
private const val LOOSEST = 0.1

/** What a golden case is made of. */
internal sealed interface GoldenInput

internal class GoldenPicture(val file: String, val width: Int, val height: Int, val sha256: String) : GoldenInput

internal class GoldenFrame(
    val file: String,
    val format: FrameFormat,
    val width: Int,
    val height: Int,
    val rowStrides: List<Int>?,
    val pixelStrides: List<Int>?,
    val range: FrameRange?,
    val rotation: Int?,
    val sha256: String,
) : GoldenInput

internal class GoldenRow(val row: Map<String, Any?>) : GoldenInput

internal class GoldenSignal(val samples: List<List<Double>>, val rate: Double?) : GoldenInput

/** The hash of a prepared tensor. */
internal class GoldenPrepared(val sha256: String)

/** An output tensor: all of its bytes, or of a large one every [every]-th value, with the hash and the largest of all. */
internal class GoldenValues(
    val dtype: Dtype,
    val shape: List<Int>,
    val data: ByteArray,
    val every: Int?,
    val sha256: String?,
    val largest: Double?,
)

/** What one artefact makes of a case; [answer] has the form of the answer's JSON, what is null left out. */
internal class GoldenExpected(
    val prepared: Map<String, GoldenPrepared>,
    val outputs: Map<String, GoldenValues>,
    val answer: Map<String, Any?>,
)

/** One golden input with what every artefact makes of it. */
internal class GoldenCase(val id: String, val input: Map<String, GoldenInput>, val artefacts: Map<String, GoldenExpected>)

/** The golden cases. A bound of 0 means identical outputs, else max|a - b| <= bound * max|a| on every output. */
internal class Golden(val cases: List<GoldenCase>, val bounds: Map<String, Double>)

private val picture = record {
    GoldenPicture(field("file", RELATIVE_PATH), field("width", side), field("height", side), field("sha256", SHA256))
}

private fun stridesFit(found: GoldenFrame, path: String) {
    val planes = found.format == FrameFormat.YUV_420_888
    need((found.rowStrides != null) == planes, path, "row_strides come with YUV_420_888, and only with it")
    need((found.pixelStrides != null) == planes, path, "pixel_strides come with YUV_420_888, and only with it")
}

private val frame = record(::stridesFit) {
    GoldenFrame(
        field("file", RELATIVE_PATH),
        field("format", oneOf(FrameFormat.entries)),
        field("width", side),
        field("height", side),
        optional("row_strides", exactly(integer(1, 65536), 3)),
        optional("pixel_strides", exactly(integer(1, 16), 2)),
        optional("range", oneOf(FrameRange.entries)),
        optional("rotation", oneNumberOf(0, 90, 180, 270)),
        field("sha256", SHA256),
    )
}

private val cell: Kind<Any?> = { value, path -> if (value == null || value is String) value else number()(value, path) }
private val row = record { GoldenRow(field("row", mapping(string(), cell))) }

private fun oneAChannel(found: GoldenSignal, path: String) =
    need(found.samples.map { it.size }.toSet().size == 1, path, "the samples have different numbers of channels")

private val signal = record(::oneAChannel) {
    GoldenSignal(field("signal", list(list(number(), 1), 1)), optional("rate", number(above = 0.0)))
}

private val input: Kind<GoldenInput> = { value, path ->
    val given = entriesOf(value, path)
    when {
        "row" in given -> row(value, path)
        "signal" in given -> signal(value, path)
        "format" in given -> frame(value, path)
        else -> picture(value, path)
    }
}

private val prepared = record {
    val hash = field("sha256", SHA256)
    field("min", number())
    field("max", number())
    GoldenPrepared(hash)
}

private fun bytesFit(found: GoldenValues, path: String) {
    val sampled = listOf(found.every, found.sha256, found.largest).count { it != null }
    need(sampled == 0 || sampled == 3, path, "every, sha256 and largest come together")
    val size = found.shape.fold(1L) { total, each -> Math.multiplyExact(total, each.toLong()) }
    val every = found.every ?: 1
    val count = (size + every - 1) / every * found.dtype.bytes
    need(found.data.size.toLong() == count, path, "data is not base64 of the $count bytes that shape and dtype need")
}

private val values = record(::bytesFit) {
    GoldenValues(
        field("dtype", oneOf(Dtype.entries)),
        field("shape", list(integer(0))),
        field("data", base64),
        optional("every", integer(2)),
        optional("sha256", SHA256),
        optional("largest", number(low = 0.0)),
    )
}

private val base64: Kind<ByteArray> = { value, path ->
    try {
        Base64.getDecoder().decode(string()(value, path))
    } catch (_: IllegalArgumentException) {
        throw wrong("inconsistent", path.substringBeforeLast('.'), "data is not base64")
    }
}

private val index = integer(0)

/** Parts of an answer stay maps: only their form is looked at. */
private fun part(fields: Fields.() -> Unit): Kind<Map<String, Any?>> = { value, path ->
    record { fields() }(value, path)
    entriesOf(value, path).filterValues { it != null }
}

private val goldenClass = part {
    field("index", index)
    field("score", number())
    optional("label", string())
}

private val goldenObject = part {
    field("box", exactly(number(), 4))
    field("index", index)
    field("score", number())
    optional("label", string())
}

private val goldenKeypoint = part {
    field("x", number())
    field("y", number())
    optional("score", number())
    optional("name", string())
}

private val maskForm = part {
    field("width", side)
    field("height", side)
    field("indices", list(index))
    field("counts", list(integer(1)))
    optional("labels", list(string()))
}

private val goldenMask: Kind<Map<String, Any?>> = { value, path ->
    val found = maskForm(value, path)
    val counts = (found["counts"] as List<*>).map { it as Double }
    need((found["indices"] as List<*>).size == counts.size, path, "indices and counts have different lengths")
    need(counts.sum() == found["width"] as Double * found["height"] as Double, path, "the runs are not width * height pixels long")
    found
}

private val goldenWindow = part {
    field("start", index)
    optional("classes", list(goldenClass))
    optional("values", list(number()))
}

private val answerForm = part {
    optional("classes", list(goldenClass))
    optional("objects", list(goldenObject))
    optional("keypoints", list(goldenKeypoint))
    optional("mask", goldenMask)
    optional("values", list(number()))
    optional("windows", list(goldenWindow))
}

private val goldenAnswer: Kind<Map<String, Any?>> = { value, path ->
    answerForm(value, path).also { need((it.keys - "windows").size == 1, path, "an answer is of exactly one kind") }
}

private val expected = record {
    GoldenExpected(field("prepared", mapping(NAME, prepared)), field("outputs", mapping(NAME, values)), field("answer", goldenAnswer))
}

private val case = record {
    GoldenCase(field("id", NAME), field("input", mapping(NAME, input)), field("artefacts", mapping(string(), expected)))
}

private fun goesTogether(found: Golden, path: String) {
    val ids = found.cases.map { it.id }
    need(ids.toSet().size == ids.size, path, "two cases have the same id: ${ids.joinToString()}")
    for (each in found.cases) {
        need(each.artefacts.keys == found.bounds.keys, path, "the case '${each.id}' and bounds name different artefacts")
    }
}

private val golden = record(::goesTogether) {
    defaulted("satchel", knownVersion, FIRST)
    Golden(field("cases", list(case, LEAST)), field("bounds", mapping(string(), number(low = 0.0, high = LOOSEST))))
}

/**
 * Gives the golden cases of a golden.json.
 *
 * @throws SatchelException spec/newer-version before anything else, then what is wrong with its form.
 */
internal fun parseGolden(document: ByteArray): Golden {
    val value = loads(document, "golden.json")
    refuseNewer(value, "golden.json $.satchel")
    return golden(value, "golden.json $")
}

/**
 * Refuses golden cases that leave out an artefact, an input or an output of the bundle, or name another.
 *
 * @throws SatchelException bundle/inconsistent.
 */
internal fun checkGoldenNames(golden: Golden, spec: Spec, artefacts: Set<String>) {
    same("the golden cases", golden.bounds.keys, artefacts)
    val inputs = spec.inputs.mapTo(HashSet()) { it.name }
    val outputs = spec.outputs.mapTo(HashSet()) { it.name }
    for (each in golden.cases) {
        same("${each.id}, input", each.input.keys, inputs)
        for ((artefact, expected) in each.artefacts) {
            same("${each.id}, prepared for $artefact", expected.prepared.keys, inputs)
            same("${each.id}, outputs of $artefact", expected.outputs.keys, outputs)
        }
    }
}

private fun same(what: String, found: Set<String>, expected: Set<String>) {
    if (found == expected) return
    val there = printable(found.sorted().joinToString()).ifEmpty { "none" }
    throw SatchelException("bundle/inconsistent", "$what: expected ${expected.sorted().joinToString()}, found $there", GOLDEN)
}

/**
 * Gives what a golden input is.
 *
 * @param read gives a file of the bundle by its path.
 * @throws SatchelException bundle/bomb, bundle/wrong-length or bundle/changed-file.
 */
internal fun goldenThing(each: GoldenInput, read: (String) -> ByteArray): Thing = when (each) {
    is GoldenPicture -> {
        val pixels = inflate(read(each.file), 3L * each.width * each.height, each.file)
        Photo.fromPixels(checked(pixels, each.sha256, each.file), each.width, each.height)
    }
    is GoldenFrame -> goldenFrame(each, read)
    is GoldenRow -> Row(each.row)
    is GoldenSignal -> Signal(each.samples.flatten().toDoubleArray(), each.samples[0].size, each.rate)
}

private fun goldenFrame(each: GoldenFrame, read: (String) -> ByteArray): Frame {
    val half = (each.width + 1) / 2
    val low = (each.height + 1) / 2
    val pixels = each.pixelStrides
    val rows = each.rowStrides
    if (pixels == null || rows == null) {
        val size = each.width.toLong() * each.height + 2L * half * low
        val bytes = checked(inflate(read(each.file), size, each.file), each.sha256, each.file)
        return Frame.nv21(bytes, each.width, each.height, each.range, each.rotation)
    }
    val y = (each.height - 1L) * rows[0] + (each.width - 1L) * pixels[0] + 1
    val u = (low - 1L) * rows[1] + (half - 1L) * pixels[1] + 1
    val v = (low - 1L) * rows[2] + (half - 1L) * pixels[1] + 1
    val bytes = checked(inflate(read(each.file), y + u + v, each.file), each.sha256, each.file)
    return Frame(
        each.width,
        each.height,
        Frame.Plane(bytes, 0, y.toInt()),
        Frame.Plane(bytes, y.toInt(), u.toInt()),
        Frame.Plane(bytes, (y + u).toInt(), v.toInt()),
        rows[0],
        rows[1],
        rows[2],
        pixels[0],
        pixels[1],
        each.range,
        each.rotation,
    )
}

private fun checked(bytes: ByteArray, sha256: String, where: String): ByteArray {
    val found = sha256(bytes)
    if (found == sha256) return bytes
    throw SatchelException("bundle/changed-file", "expected the SHA-256 $sha256 of the raw bytes, found $found", where)
}
