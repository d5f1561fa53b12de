package dev.satchel.vectors.handlers

import dev.satchel.BundleBytes
import dev.satchel.BundleReader
import dev.satchel.MemoryBytes
import dev.satchel.ZipStore
import dev.satchel.checkDistinct
import dev.satchel.checkPath
import dev.satchel.decoded
import dev.satchel.inflate
import dev.satchel.parseLabels
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Json
import dev.satchel.vectors.Values
import dev.satchel.whole

/** Vectors of bundles and of their files: labels, names, compressed data and zips. */
val FILES: Map<String, Handler> = mapOf(
    "label_file" to ::labelFile,
    "path" to ::path,
    "inflate" to ::inflated,
    "entropy" to ::coded,
    "zip" to ::zip,
    "bundle" to ::bundle,
)

private fun input(case: Json) = case["input"] as Map<*, *>

private fun bytes(given: Any?): ByteArray = (given as Values).bytes()

private fun labelFile(case: Json, file: Json): Any? = parseLabels(bytes(input(case)["bytes"]))

private fun path(case: Json, file: Json): Any? {
    val paths = (input(case)["paths"] as List<*>).map { it as String }
    paths.forEach { checkPath(it, "") }
    checkDistinct(paths, "")
    return mapOf("refused" to false)
}

private fun inflated(case: Json, file: Json): Any? {
    val raw = inflate(bytes(input(case)["stored"]), (input(case)["size"] as Double).toLong(), "")
    return Values.of(raw, listOf(raw.size))
}

private fun coded(case: Json, file: Json): Any? {
    val raw = decoded(bytes(input(case)["stored"]), (input(case)["size"] as Double).toLong(), "")
    return Values.of(raw, listOf(raw.size))
}

private fun zip(case: Json, file: Json): Any? {
    val given = bytes(input(case)["bytes"])
    val inMemory: BundleBytes = MemoryBytes.of(given.inputStream(), "", given.size.toLong())
    val store = ZipStore(inMemory, "")
    return store.sizes.mapValues { (name, size) -> whole(store, name, size).let { Values.of(it, listOf(it.size)) } }
}

private fun bundle(case: Json, file: Json): Any? {
    val reader = BundleReader.open(bytes(input(case)["bytes"]).inputStream(), "bundle", input(case)["digest"] as String?)
    reader.verify()
    return mapOf("digest" to reader.digest, "labels" to reader.labels)
}
