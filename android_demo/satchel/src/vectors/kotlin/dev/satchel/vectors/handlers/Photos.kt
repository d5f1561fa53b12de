package dev.satchel.vectors.handlers

import dev.satchel.Photo
import dev.satchel.vectors.Handler
import dev.satchel.vectors.Values
import java.util.Base64

/**
 * Gives what runs the vectors of photo files, which need a decoder.
 *
 * @param decode gives the upright pixels of a file over a background of red, green and blue.
 */
fun photosBy(decode: (file: ByteArray, background: List<Int>) -> Photo): Map<String, Handler> = mapOf(
    "decode" to { case, _ ->
        val step = case["step"] as Map<*, *>
        val pipeline = pipelineOf(listOf(step))
        val file = Base64.getDecoder().decode((case["input"] as Map<*, *>)["base64"] as String)
        val background = (step["background"] as? List<*>)?.map { (it as Double).toInt() } ?: listOf(0, 0, 0)
        withoutBatch(Values.of(pipeline.prepare(decode(file, background)).getValue("image")))
    },
)
