package dev.satchel.app.engines

import dev.satchel.CaseReport
import dev.satchel.EngineDescription
import dev.satchel.Report
import org.json.JSONArray
import org.json.JSONObject
import java.util.Locale

/** As JSON has it: `not run`. */
val Verdict.word: String get() = name.lowercase(Locale.ROOT).replace('_', ' ')

/** As JSON has it: `cpu`. */
val Delegate.word: String get() = name.lowercase(Locale.ROOT)

/** Gives the check table to share, in the words of `satchel check --json`. */
fun Choice.toJson(digest: String, system: String): JSONObject = JSONObject()
    .put("digest", digest)
    .put("system", system)
    .put("chosen", chosen?.let { named(it) } ?: JSONObject.NULL)
    .put("cells", JSONArray(cells.map(Cell::toJson)))

/** Gives one cell of the table, the golden cases with it. */
fun Cell.toJson(): JSONObject = named(this)
    .put("verdict", verdict.word)
    .put("ok", verdict == Verdict.RIGHT)
    .put("milliseconds", milliseconds ?: JSONObject.NULL)
    .put("problem", detail)
    .put("engine", engine?.let(::engineJson) ?: JSONObject.NULL)
    .put("cases", JSONArray(report?.cases.orEmpty().map { caseJson(it, report!!) }))

private fun named(cell: Cell) = JSONObject()
    .put("artefact", cell.artefact)
    .put("delegate", cell.candidate.delegate.word)
    .put("threads", cell.candidate.threads)

private fun engineJson(engine: EngineDescription) = JSONObject()
    .put("runtime", engine.runtime)
    .put("version", engine.version)
    .put("threads", engine.threads)
    .put("backend", engine.backend)

private fun caseJson(case: CaseReport, report: Report) = JSONObject()
    .put("case", case.id)
    .put("prepared", case.prepared)
    .put("outputs", case.outputs)
    .put("answer", case.answer)
    .put("largest", if (case.largest.isInfinite()) JSONObject.NULL else case.largest)
    .put("bound", report.bound)
    .put("ok", case.pass)

/**
 * Gives the choice of its JSON.
 *
 * @throws org.json.JSONException a field is absent.
 * @throws IllegalArgumentException a word is not known.
 */
internal fun choiceOf(json: JSONObject): Choice {
    val cells = objects(json.getJSONArray("cells")).map(::cellOf)
    if (json.isNull("chosen")) return Choice(cells, null)
    val chosen = json.getJSONObject("chosen")
    return Choice(cells, cells.first { it.artefact == chosen.getString("artefact") && it.candidate == candidateOf(chosen) })
}

private fun cellOf(json: JSONObject) = Cell(
    json.getString("artefact"),
    candidateOf(json),
    Verdict.entries.firstOrNull { it.word == json.getString("verdict") } ?: throw IllegalArgumentException("an unknown verdict"),
    if (json.isNull("milliseconds")) null else json.getDouble("milliseconds"),
    json.getString("problem"),
    if (json.isNull("engine")) null else json.getJSONObject("engine").let(::engineOf),
    objects(json.getJSONArray("cases")).ifEmpty { null }?.let { cases ->
        Report(json.getString("artefact"), cases.first().getDouble("bound"), cases.map(::caseOf))
    },
)

private fun candidateOf(json: JSONObject) = Candidate(
    Delegate.entries.firstOrNull { it.word == json.getString("delegate") } ?: throw IllegalArgumentException("an unknown delegate"),
    json.getInt("threads"),
)

private fun engineOf(json: JSONObject) =
    EngineDescription(json.getString("runtime"), json.getString("version"), json.getInt("threads"), json.getString("backend"))

private fun caseOf(json: JSONObject) = CaseReport(
    json.getString("case"),
    json.getBoolean("prepared"),
    json.getBoolean("outputs"),
    if (json.isNull("largest")) Double.POSITIVE_INFINITY else json.getDouble("largest"),
    json.getBoolean("answer"),
)

private fun objects(array: JSONArray): List<JSONObject> = List(array.length(), array::getJSONObject)
