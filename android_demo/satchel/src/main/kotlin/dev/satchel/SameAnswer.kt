package dev.satchel

private const val SCORE = 2
private const val PLACE = 100
private const val PIXELS = 1000

/** Says whether an answer is the expected one; both in the form of the answer's JSON, what is null left out. */
internal fun sameAnswer(wanted: Map<String, Any?>, found: Map<String, Any?>, bound: Double): Boolean =
    listOf("classes", "objects", "keypoints", "mask", "values", "windows").all { kind ->
        val (one, other) = wanted[kind] to found[kind]
        if (one == null || other == null) one == other else same(kind, one, other, bound)
    }

private fun same(kind: String, wanted: Any, found: Any, bound: Double): Boolean = when (kind) {
    "classes" -> sameRanking(maps(wanted), maps(found), bound)
    "objects" -> sameObjects(maps(wanted), maps(found), bound)
    "keypoints" -> sameKeypoints(maps(wanted), maps(found), bound)
    "mask" -> sameMask(map(wanted), map(found), bound)
    "values" -> alike(numbers(wanted), numbers(found), SCORE * bound)
    else -> sameWindows(maps(wanted), maps(found), bound)
}

private fun sameWindows(wanted: List<Map<String, Any?>>, found: List<Map<String, Any?>>, bound: Double): Boolean =
    wanted.size == found.size && wanted.indices.all {
        number(wanted[it]["start"]) == number(found[it]["start"]) && sameAnswer(wanted[it], found[it], bound)
    }

/** Classes whose scores are near may change places. */
private fun sameRanking(wanted: List<Map<String, Any?>>, found: List<Map<String, Any?>>, bound: Double): Boolean {
    if (wanted.size != found.size) return false
    val near = SCORE * bound * largest(wanted.map { number(it["score"]) })
    val scores = wanted.associate { number(it["index"]) to number(it["score"]) }
    return wanted.indices.all { place ->
        val expected = number(wanted[place]["score"])
        val index = number(found[place]["index"])
        val swapped = bound > 0 && Math.abs((scores[index] ?: expected) - expected) <= near
        val sameClass = index == number(wanted[place]["index"]) && wanted[place]["label"] == found[place]["label"]
        Math.abs(number(found[place]["score"]) - expected) <= near && (sameClass || swapped)
    }
}

private fun sameObjects(wanted: List<Map<String, Any?>>, found: List<Map<String, Any?>>, bound: Double): Boolean {
    if (wanted.size != found.size) return false
    val near = SCORE * bound * largest(wanted.map { number(it["score"]) })
    val away = PLACE * bound * largest(wanted.flatMap { numbers(it["box"]) })
    val left = found.toMutableList()
    return wanted.all { one ->
        val fits = { other: Map<String, Any?> ->
            number(other["index"]) == number(one["index"]) && Math.abs(number(other["score"]) - number(one["score"])) <= near &&
                numbers(other["box"]).zip(numbers(one["box"])).all { (a, b) -> Math.abs(a - b) <= away }
        }
        val place = if (bound == 0.0) (if (fits(left[0])) 0 else -1) else left.indexOfFirst(fits)
        if (place >= 0) left.removeAt(place)
        place >= 0
    }
}

private fun sameKeypoints(wanted: List<Map<String, Any?>>, found: List<Map<String, Any?>>, bound: Double): Boolean {
    val places = { points: List<Map<String, Any?>> -> points.flatMap { listOf(number(it["x"]), number(it["y"])) } }
    val scores = { points: List<Map<String, Any?>> -> points.map { number(it["score"] ?: 0.0) } }
    return alike(places(wanted), places(found), PLACE * bound) && alike(scores(wanted), scores(found), SCORE * bound)
}

private fun alike(wanted: List<Double>, found: List<Double>, share: Double): Boolean {
    val near = share * largest(wanted)
    return wanted.size == found.size && wanted.indices.all { Math.abs(wanted[it] - found[it]) <= near }
}

private fun sameMask(wanted: Map<String, Any?>, found: Map<String, Any?>, bound: Double): Boolean {
    val (width, height) = number(wanted["width"]) to number(wanted["height"])
    if (width != number(found["width"]) || height != number(found["height"])) return false
    val allowed = if (bound == 0.0) 0.0 else width * height / PIXELS
    val (one, other) = pixels(wanted) to pixels(found)
    return one.indices.count { one[it] != other[it] } <= allowed
}

private fun pixels(mask: Map<String, Any?>): IntArray {
    val found = IntArray((number(mask["width"]) * number(mask["height"])).toInt())
    val counts = numbers(mask["counts"])
    var place = 0
    numbers(mask["indices"]).forEachIndexed { run, index ->
        val end = place + counts[run].toInt()
        java.util.Arrays.fill(found, place, end, index.toInt())
        place = end
    }
    return found
}

private fun largest(values: List<Double>): Double = values.fold(0.0) { most, each -> maxOf(most, Math.abs(each)) }

private fun number(value: Any?): Double = (value as Number).toDouble()

private fun numbers(value: Any?): List<Double> = (value as List<*>).map(::number)

private fun map(value: Any?): Map<String, Any?> = entriesOf(value, "$")

private fun maps(value: Any?): List<Map<String, Any?>> = (value as List<*>).map(::map)
