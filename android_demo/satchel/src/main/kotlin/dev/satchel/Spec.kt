package dev.satchel

import dev.satchel.steps.InputStep
import dev.satchel.steps.LATER_OPS
import dev.satchel.steps.Label
import dev.satchel.steps.NAME
import dev.satchel.steps.Order
import dev.satchel.steps.OutputStep
import dev.satchel.steps.inputStep
import dev.satchel.steps.outputStep

/** The latest version of the contract that this reader knows. */
public const val VERSION: String = "1.1"

/** The version whose readers read a document that has nothing of a later one. */
internal const val FIRST: String = "1.0"

/** What a model answers. */
public enum class Task(override val word: String) : Word {
    IMAGE_CLASSIFICATION("image_classification"),
    OBJECT_DETECTION("object_detection"),
    KEYPOINTS("keypoints"),
    SEGMENTATION("segmentation"),
    TABULAR_CLASSIFICATION("tabular_classification"),
    TABULAR_REGRESSION("tabular_regression"),
    SIGNAL_CLASSIFICATION("signal_classification"),
    AUDIO_CLASSIFICATION("audio_classification"),
    TEXT_CLASSIFICATION("text_classification"),
    EMBEDDING("embedding"),
    GENERIC("generic"),
}

/** What the values of a tensor are; [bytes] is the size of one. */
public enum class Dtype(override val word: String, public val bytes: Int) : Word {
    FLOAT32("float32", 4),
    UINT8("uint8", 1),
    INT8("int8", 1),
    INT16("int16", 2),
    INT32("int32", 4),
    INT64("int64", 8),
    BOOL("bool", 1),
}

/**
 * One tensor of one artefact.
 *
 * @property name the tensor's name in the artefact.
 * @property index its position among the artefact's inputs or outputs.
 * @property shape with batch 1.
 * @property scale with [zeroPoint] exactly when it is quantised: real = (q - zeroPoint) * scale.
 */
public data class Tensor internal constructor(
    val name: String,
    val index: Long,
    val shape: List<Int>,
    val dtype: Dtype,
    val layout: Order?,
    val scale: Double?,
    val zeroPoint: Long?,
)

/** One input of the model: [steps] make it; [tensor] says where it goes, for each artefact (`float32/tflite`). */
public data class Input internal constructor(
    val name: String,
    val steps: List<InputStep>,
    val tensor: Map<String, Tensor>,
)

/** One output of the model: [tensor] says where it is read, for each artefact; [steps] make the answer of it. */
public data class Output internal constructor(
    val name: String,
    val steps: List<OutputStep>,
    val tensor: Map<String, Tensor>,
)

/**
 * What travels with a model.
 *
 * @property satchel the lowest version that has all ops of the steps, also where the document says a later one.
 * @property version of the packed model.
 * @property labels a list's name -> its file in the bundle, one label a line.
 */
public data class Spec internal constructor(
    val satchel: String,
    val name: String,
    val version: String,
    val task: Task,
    val inputs: List<Input>,
    val outputs: List<Output>,
    val labels: Map<String, String>,
    val author: String,
    val license: String,
    val description: String,
)

/**
 * Gives the spec of a JSON document.
 *
 * @param document UTF-8.
 * @throws SatchelException the first thing that is wrong, with its JSON path; a document of a newer version is refused
 *   before anything else is looked at (spec/newer-version).
 */
public fun parseSpec(document: ByteArray): Spec = specOf(loads(document))

/** Gives the spec of a JSON document that is text already. */
public fun parseSpec(document: String): Spec = specOf(loads(document))

internal fun specOf(value: Any?): Spec {
    refuseNewer(value)
    return spec(value, "$")
}

/** Refuses a document whose `satchel` version is above this reader's, before every other check. */
internal fun refuseNewer(value: Any?, where: String = "$.satchel") {
    val found = (value as? Map<*, *>)?.get("satchel") as? String ?: return
    if (!Regex("[0-9]{1,9}\\.[0-9]{1,9}").matches(found)) return
    val (major, minor) = found.split('.').map { it.toInt() }
    val (ownMajor, ownMinor) = VERSION.split('.').map { it.toInt() }
    if (major < ownMajor || (major == ownMajor && minor <= ownMinor)) return
    val message = "the document is of version $found, this reader knows versions up to $VERSION"
    throw SatchelException("spec/newer-version", message, where, "Use a Satchel that reads version $found.")
}

/** The version that stands in a document. */
internal val knownVersion: Kind<String> = { value, path ->
    if (value != FIRST && value != VERSION) throw wrong("unknown-value", path, "found ${shown(value)}", "Allowed: $FIRST, $VERSION.")
    value as String
}

private fun scaleWithZeroPoint(found: Tensor, path: String) =
    need((found.scale == null) == (found.zeroPoint == null), path, "scale and zero_point come together")

// A side that no tensor can have is refused when the tensor is looked at, as every other that is too large.
private val sideOfTensor: Kind<Int> = { value, path -> minOf(long(1)(value, path), Int.MAX_VALUE.toLong()).toInt() }

private val tensor = record(::scaleWithZeroPoint) {
    Tensor(
        field("name", string()),
        field("index", long(0)),
        field("shape", list(sideOfTensor)),
        field("dtype", oneOf(Dtype.entries)),
        optional("layout", oneOf(Order.entries)),
        optional("scale", number(above = 0.0)),
        optional("zero_point", long()),
    )
}

private val tensors = mapping(string(), tensor)

private val input = record {
    Input(field("name", NAME), field("steps", list(inputStep)), defaulted("tensor", tensors, emptyMap()))
}

private val output = record {
    Output(field("name", NAME), field("steps", list(outputStep)), defaulted("tensor", tensors, emptyMap()))
}

private val semver = Regex("[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?")

private fun namesResolve(found: Spec, path: String) {
    for ((kind, names) in listOf("inputs" to found.inputs.map { it.name }, "outputs" to found.outputs.map { it.name })) {
        need(names.toSet().size == names.size, path, "two $kind have the same name: ${names.joinToString()}")
    }
    for (each in found.outputs) {
        val known = each.steps.all { it !is Label || it.labels in found.labels }
        need(known, path, "the label step of '${each.name}' names a list that labels does not hold")
    }
}

private fun fits(found: Spec, path: String) {
    namesResolve(found, path)
    val later = laterOp(found)
    val known = later == null || found.satchel == UNSAID || found.satchel == VERSION
    need(known, path, "$later is an op of version $VERSION, the document says ${found.satchel}")
}

/** Gives an op of the steps that the first version does not have. */
private fun laterOp(spec: Spec): String? = spec.inputs.flatMap { it.steps }.map { it.op }.find { it in LATER_OPS }

private val spec: Kind<Spec> = { value, path ->
    written(value, path).let { it.copy(satchel = if (laterOp(it) == null) FIRST else VERSION) }
}

/** Stands for the version of a document that says none: the lowest that has its ops. */
private const val UNSAID = ""

private val written = record(::fits) {
    Spec(
        defaulted("satchel", knownVersion, UNSAID),
        field("name", string(1, 200)),
        defaulted("version", string(pattern = semver), "1.0.0"),
        field("task", oneOf(Task.entries)),
        field("inputs", list(input, 1)),
        field("outputs", list(output, 1)),
        defaulted("labels", mapping(NAME, string()), emptyMap()),
        defaulted("author", string(), ""),
        defaulted("license", string(), ""),
        defaulted("description", string(), ""),
    )
}
