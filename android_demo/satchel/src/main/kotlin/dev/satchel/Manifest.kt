package dev.satchel

import dev.satchel.steps.NAME

internal const val MANIFEST: String = "manifest.json"
internal const val SPEC: String = "spec.json"
internal const val CARD: String = "card.md"
internal const val GOLDEN: String = "golden/golden.json"
internal const val MEASUREMENTS: String = "measurements/"

/** Bytes of the longest manifest that is read. */
internal const val MAX_MANIFEST: Long = 4L shl 20

/** Files that a bundle may hold. */
internal const val MAX_FILES: Int = 4096

/** Bytes of all files together: what a zip without 64-bit fields can hold. */
internal const val MAX_TOTAL: Long = (1L shl 32) - (1L shl 24)

/** Bytes of measurements/ and card.md together, which the manifest does not list. */
internal const val MAX_OUTSIDE: Long = 64L shl 20

/** The name of an entropy coded model, since version 1.1. */
internal const val CODED: String = "model.tflite.rz"
private val TFLITE_NAMES = listOf("model.tflite", "model.tflite.z", CODED)

/** Says whether a model's file is stored compressed. */
internal fun compressed(file: String): Boolean = file.endsWith("z")

/** What a file of a bundle is for. */
public enum class Role(override val word: String) : Word {
    SPEC("spec"),
    LABELS("labels"),
    MODEL("model"),
    TFJS("tfjs"),
    GOLDEN("golden"),
}

/** What can run an artefact. */
public enum class Runtime(override val word: String) : Word {
    LITERT_PYTHON("litert-python"),
    LITERT_JS("litert-js"),
    TFJS("tfjs"),
    TFLITE_ANDROID("tflite-android"),
}

/** One file of a bundle: its path, what it is for, its length and hash as stored. */
public data class BundleFile internal constructor(
    val path: String,
    val role: Role,
    val bytes: Long,
    val sha256: String,
)

/**
 * One variant for one family of runtimes.
 *
 * @property bytes of the raw model; of a TF.js model the sum of its files.
 * @property sha256 of the raw model; of a TF.js model that of model.json.
 * @property storedBytes what it takes in the bundle.
 * @property ops the operators that a runtime must know.
 */
public data class Artefact internal constructor(
    val file: String,
    val bytes: Long,
    val sha256: String,
    val storedBytes: Long,
    val ops: List<String>,
    val runtimes: List<Runtime>,
)

/** One form of the model; [artefacts] by their kind: tflite, tfjs. */
public data class Variant internal constructor(val name: String, val artefacts: Map<String, Artefact>)

/** What a bundle holds. */
public data class Manifest internal constructor(
    val name: String,
    val version: String,
    val files: List<BundleFile>,
    val variants: List<Variant>,
    internal val satchel: String = FIRST,
) {
    /** Every artefact by its id, `float32/tflite`. */
    val artefacts: Map<String, Artefact> get() = variants.flatMap { variant ->
        variant.artefacts.map { (kind, artefact) -> "${variant.name}/$kind" to artefact }
    }.toMap()
}

/** What an artefact may be. */
private enum class Kinds(override val word: String) : Word {
    TFLITE("tflite"),
    TFJS("tfjs"),
}

private val size = long(0, MAX_TOTAL)
internal val SHA256: Kind<String> = string(pattern = Regex("[0-9a-f]{64}"))
internal val RELATIVE_PATH: Kind<String> = string(1, 400)
private val kindOfArtefact = oneOf(Kinds.entries)

private val file = record {
    BundleFile(field("path", RELATIVE_PATH), field("role", oneOf(Role.entries)), field("bytes", size), field("sha256", SHA256))
}

private val artefact = record {
    Artefact(
        field("file", RELATIVE_PATH),
        field("bytes", size),
        field("sha256", SHA256),
        field("stored_bytes", size),
        field("ops", list(string())),
        field("runtimes", list(oneOf(Runtime.entries))),
    )
}

private val variant = record {
    val name = field("name", NAME)
    field("recipe", list(mapping(string(), anything)))
    Variant(name, field("artefacts", mapping({ value, path -> kindOfArtefact(value, path).word }, artefact, 1)))
}

private val provenance = record {
    field("source_sha256", SHA256)
    field("source_format", string())
    field("versions", mapping(string(), string()))
    field("options", mapping(string(), anything))
}

private fun distinctVariants(found: Manifest, path: String) {
    val names = found.variants.map { it.name.lowercase(java.util.Locale.ROOT) }
    need(names.toSet().size == names.size, path, "two variants have the same name: ${names.joinToString()}")
}

private val manifest = record(::distinctVariants) {
    val satchel = defaulted("satchel", knownVersion, FIRST)
    val name = field("name", string(1, 200))
    val version = field("version", string())
    val files = field("files", list(file, 0, MAX_FILES))
    val variants = field("variants", list(variant, 1))
    field("provenance", provenance)
    Manifest(name, version, files, variants, satchel)
}

/**
 * Gives the manifest of a manifest.json.
 *
 * @throws SatchelException spec/newer-version before anything else, then what is wrong with its form, its paths, its
 *   roles and its artefacts.
 */
internal fun parseManifest(document: ByteArray): Manifest {
    val value = loads(document, MANIFEST)
    refuseNewer(value, "$MANIFEST $.satchel")
    val found = manifest(value, "$MANIFEST $")
    for (each in found.files) checkPath(each.path, MANIFEST)
    checkDistinct(found.files.map { it.path }, MANIFEST)
    val total = found.files.fold(0L) { sum, each -> sum + each.bytes }
    if (total > MAX_TOTAL) throw tooLarge(MANIFEST, "$total together", MAX_TOTAL)
    checkRoles(found)
    for ((id, each) in found.artefacts) checkArtefact(found, id, each)
    return found
}

/**
 * Refuses a spec that does not speak of exactly the manifest's artefacts.
 *
 * @throws SatchelException bundle/inconsistent.
 */
internal fun checkTensors(spec: Spec, manifest: Manifest) {
    val expected = manifest.artefacts.keys
    for ((name, tensors) in spec.inputs.map { it.name to it.tensor } + spec.outputs.map { it.name to it.tensor }) {
        if (tensors.keys == expected) continue
        val found = tensors.keys.sorted().joinToString().ifEmpty { "none" }
        val message = "expected a tensor for each of ${expected.sorted().joinToString()}, found ${printable(found)}"
        throw SatchelException("bundle/inconsistent", message, "$SPEC: $name")
    }
}

/** Says whether the manifest may leave a path out. */
internal fun outside(path: String): Boolean = path == MANIFEST || path == CARD || path.startsWith(MEASUREMENTS)

private fun roleOf(path: String): Role = when {
    path == SPEC -> Role.SPEC
    path.startsWith("golden/") -> Role.GOLDEN
    path.startsWith("variants/") -> if (path.split('/').getOrNull(2) == "tfjs") Role.TFJS else Role.MODEL
    else -> Role.LABELS
}

private fun checkRoles(found: Manifest) {
    for (each in found.files) {
        if (outside(each.path) || each.role != roleOf(each.path)) {
            throw inconsistent("a file of role '${each.role.word}' has no place at '${printable(each.path)}'")
        }
    }
    for (needed in listOf(SPEC, GOLDEN)) {
        if (found.files.any { it.path == needed }) continue
        throw SatchelException("bundle/missing-file", "expected $needed among the files, found none", MANIFEST)
    }
}

private fun checkArtefact(found: Manifest, id: String, each: Artefact) {
    val folder = "variants/${id.substringBefore('/')}/"
    val tfjs = id.endsWith("/tfjs")
    val allowed = if (tfjs) listOf("tfjs/model.json") else TFLITE_NAMES.filterNot { found.satchel == FIRST && it == CODED }
    val own = found.files.find { it.path == each.file }
    if (own == null || allowed.none { each.file == folder + it }) {
        throw inconsistent("the artefact $id has no file '$folder${allowed[0]}' among the files")
    }
    val parts = if (tfjs) found.files.filter { it.path.startsWith("${folder}tfjs/") } else listOf(own)
    if (!agrees(each, own, parts)) {
        throw inconsistent("the artefact $id and its file '${each.file}' disagree on length or hash")
    }
}

private fun agrees(each: Artefact, own: BundleFile, parts: List<BundleFile>): Boolean {
    if (compressed(each.file)) {
        checkInflation(own.bytes, each.bytes, each.file)
        return each.storedBytes == own.bytes
    }
    val stored = parts.fold(0L) { sum, part -> sum + part.bytes }
    return each.bytes == stored && each.storedBytes == stored && each.sha256 == own.sha256
}

private fun inconsistent(message: String) = SatchelException("bundle/inconsistent", message, MANIFEST)
