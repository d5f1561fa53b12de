package dev.satchel.ops

import dev.satchel.Floats
import dev.satchel.steps.Rounding

private const val TEN = 10f

/** Gives x * std[c] + mean[c], in binary32; mean and std have one number, or one a column of [..., c]. */
internal fun denormalize(values: Floats, mean: List<Double>, std: List<Double>): Floats {
    val (plus, unit) = floats(mean) to floats(std)
    val found = FloatArray(values.data.size) { values.data[it] * unit[it % unit.size] + plus[it % plus.size] }
    return Floats(found, values.shape)
}

/**
 * Gives x * 10^decimals, rounded to a whole number, / 10^decimals; -0 becomes 0. As numpy.round with half_even.
 *
 * @param decimals 0 to 9; with 0 nothing is multiplied or divided.
 */
internal fun rounded(values: Floats, decimals: Int, rounding: Rounding): Floats {
    var power = 1f
    repeat(decimals) { power *= TEN }
    val found = FloatArray(values.data.size) { place ->
        val x = values.data[place]
        (if (decimals == 0) whole(x, rounding) else whole(x * power, rounding) / power) + 0f
    }
    return Floats(found, values.shape)
}

private fun whole(x: Float, rounding: Rounding): Float =
    (if (rounding == Rounding.FLOOR) Math.floor(x.toDouble()) else Math.rint(x.toDouble())).toFloat()
