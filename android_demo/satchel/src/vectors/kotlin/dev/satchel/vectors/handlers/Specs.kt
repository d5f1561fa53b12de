package dev.satchel.vectors.handlers

/** The artefact that the tensors of a case are of. */
const val ARTEFACT: String = "float32/tflite"

/**
 * Gives the document of a spec with one input and one output.
 *
 * @param tensor what the case says of the input's tensor; null where no artefact is known.
 * @param shape of the tensor, where the case says none.
 */
fun documentOf(
    input: String,
    steps: List<Any?>,
    tensor: Any?,
    task: String = "generic",
    shape: List<Int> = emptyList(),
): Map<String, Any?> {
    val own = (tensor as? Map<*, *>)?.let { mapOf("name" to "t", "index" to 0, "shape" to shape) + it }
    val scores = mapOf("name" to "s", "index" to 0, "shape" to listOf(1, 2), "dtype" to "float32")
    return mapOf(
        "name" to "test",
        "task" to task,
        "inputs" to listOf(mapOf("name" to input, "steps" to steps, "tensor" to bound(own))),
        "outputs" to listOf(mapOf("name" to "scores", "steps" to emptyList<Any?>(), "tensor" to bound(scores.takeIf { own != null }))),
    )
}

private fun bound(tensor: Map<*, *>?): Map<String, Any?> = if (tensor == null) emptyMap() else mapOf(ARTEFACT to tensor)
