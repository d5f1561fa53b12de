package dev.satchel

/**
 * What a model says of a thing; only what the task gives is there.
 *
 * @property classes best first.
 * @property objects in the order of the steps.
 * @property keypoints in the order of the model.
 * @property mask the class of each pixel.
 * @property values the numbers, row after row.
 * @property windows where a signal had several: each one's own answer.
 */
public class Answer internal constructor(
    public val classes: List<Class>? = null,
    public val objects: List<Object>? = null,
    public val keypoints: List<Keypoint>? = null,
    public val mask: Mask? = null,
    public val values: FloatArray? = null,
    public val windows: List<Window>? = null,
) {
    /** A class that the model takes something for; [label] is null without a list. */
    public data class Class(val index: Int, val score: Float, val label: String? = null)

    /** A thing in a photo; [box] is left, top, right, bottom. */
    public data class Object(val box: List<Float>, val index: Int, val score: Float, val label: String? = null)

    /** A place in a photo; [score] is null where the model has none, [name] without a list. */
    public data class Keypoint(val x: Float, val y: Float, val score: Float? = null, val name: String? = null)

    /** The answer of one window of a signal; [start] is its first sample. */
    public class Window internal constructor(public val start: Int, public val answer: Answer)

    /** Gives the answer as canonical JSON, in the form that every language has. */
    public fun toJson(): String = dumps(answerJson(this))

    internal fun with(windows: List<Window>) = Answer(classes, objects, keypoints, mask, values, windows)
}

/** Gives the answer that a value is which the last step of an output gave. */
internal fun answerOf(value: Any): Answer = when (value) {
    is Classes -> Answer(classes = value.ranking)
    is Detections -> Answer(objects = objectsOf(value))
    is Points -> Answer(keypoints = keypointsOf(value))
    is Mask -> Answer(mask = value)
    is Floats -> Answer(values = value.data.copyOf())
    else -> error("${value::class} is no answer")
}

/** Classes as a step gives them, best first. */
internal class Classes(val ranking: List<Answer.Class>)

internal fun objectsOf(found: Detections): List<Answer.Object> = found.scores.indices.map { place ->
    val box = found.boxes.slice(4 * place until 4 * place + 4)
    Answer.Object(box, found.classes[place], found.scores[place], found.labels?.get(place))
}

internal fun keypointsOf(found: Points): List<Answer.Keypoint> = (0 until found.xy.size / 2).map { place ->
    Answer.Keypoint(found.xy[2 * place], found.xy[2 * place + 1], found.scores?.get(place), found.names?.get(place))
}

internal fun answerJson(answer: Answer): Map<String, Any?> = listOf(
    "classes" to answer.classes?.map { mapOf("index" to it.index, "label" to it.label, "score" to it.score) },
    "objects" to answer.objects?.map { mapOf("box" to it.box, "index" to it.index, "label" to it.label, "score" to it.score) },
    "keypoints" to answer.keypoints?.map { mapOf("x" to it.x, "y" to it.y, "score" to it.score, "name" to it.name) },
    "mask" to answer.mask?.let(::maskJson),
    "values" to answer.values?.toList(),
    "windows" to answer.windows?.map { answerJson(it.answer) + ("start" to it.start) },
).filter { it.second != null }.toMap()

/** Gives a mask as runs of pixels of one class, row after row. */
internal fun maskJson(mask: Mask): Map<String, Any?> {
    val indices = ArrayList<Int>()
    val counts = ArrayList<Int>()
    for (place in 0 until mask.size) {
        val each = mask[place]
        if (indices.isEmpty() || indices.last() != each) {
            indices.add(each)
            counts.add(0)
        }
        counts[counts.size - 1] = counts.last() + 1
    }
    val labels = mask.labels?.let { mapOf("labels" to it) }.orEmpty()
    return mapOf("width" to mask.width, "height" to mask.height, "indices" to indices, "counts" to counts) + labels
}
