package dev.satchel.app.engines

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * A .tflite of which single numbers are changed: a FlatBuffer of the schema's tables.
 *
 * @param model in direct memory; it is changed where it lies.
 */
class TfliteBytes(model: ByteBuffer) {
    private val bytes = model.order(ByteOrder.LITTLE_ENDIAN)
    private val root = at(0)

    /** Model.operator_codes[place].builtin_code. */
    fun setOp(place: Int, number: Int): ByteBuffer = bytes.putInt(field(item(field(root, 1), place), 3), number)

    /** Model.subgraphs[0].tensors[inputs[0]].shape[place]. */
    fun setInputSide(place: Int, side: Int): ByteBuffer {
        val graph = item(field(root, 2), 0)
        val input = bytes.getInt(at(field(graph, 1)) + 4)
        val shape = at(field(item(field(graph, 0), input), 0))
        return bytes.putInt(shape + 4 + 4 * place, side)
    }

    private fun at(place: Int) = place + bytes.getInt(place)

    private fun item(vector: Int, place: Int) = at(at(vector) + 4 + 4 * place)

    private fun field(table: Int, number: Int): Int {
        val offset = bytes.getShort(table - bytes.getInt(table) + 4 + 2 * number).toInt()
        check(offset != 0) { "the field $number is left out" }
        return table + offset
    }
}
