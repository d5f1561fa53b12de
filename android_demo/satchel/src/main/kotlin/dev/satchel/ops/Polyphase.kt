package dev.satchel.ops

private const val BETA = 5.0
private const val ZERO_CROSSINGS = 10
private const val BESSEL_TERMS = 24
private const val SINE_TERMS = 12

/**
 * Gives the low-pass filter of the polyphase method: 2 * 10 * max(up, down) + 1 taps of a windowed sinc.
 *
 * As scipy.signal.firwin makes it with a Kaiser window of beta 5 and a cutoff of 1 / max(up, down): tap m from the middle is
 * sinc(m / max) * I0(5 * sqrt(1 - (m / half)^2)), divided by the sum of all, times up. It is made of +, -, * and / alone,
 * which are the same bits in every language.
 */
internal fun filterTaps(up: Int, down: Int): DoubleArray {
    val widest = maxOf(up, down)
    val half = ZERO_CROSSINGS * widest
    val taps = DoubleArray(2 * half + 1)
    for (m in 0..half) {
        val share = m / half.toDouble()
        val tap = sinc(m, widest) * bessel((BETA * BETA / 4) * (1 - share * share))
        taps[half - m] = tap
        taps[half + m] = tap
    }
    var sum = taps[0]
    for (place in 1 until taps.size) sum += taps[place]
    for (place in taps.indices) taps[place] = taps[place] / sum * up
    return taps
}

/** Gives I0(z) of z * z / 4: 1 + q / 1 + q^2 / 4 + ..., 24 terms behind the 1, each made of the one before it. */
private fun bessel(quarter: Double): Double {
    var term = 1.0
    var total = 1.0
    for (k in 1..BESSEL_TERMS) {
        term = term * quarter / (k * k)
        total += term
    }
    return total
}

/** Gives sin(pi m / widest) / (pi m / widest); the sine's angle is brought to 0..pi/2 in whole numbers first. */
private fun sinc(m: Int, widest: Int): Double {
    if (m == 0) return 1.0
    val turned = m % (2 * widest)
    val sign = if (turned >= widest) -1.0 else 1.0
    val within = turned % widest
    val angle = Math.PI * minOf(within, widest - within) / widest
    var term = angle
    var sine = angle
    for (k in 1..SINE_TERMS) {
        term = -term * angle * angle / (2 * k * (2 * k + 1))
        sine += term
    }
    return sign * sine / (Math.PI * m / widest)
}

/** Gives [count] samples: sample k is the sum, from the lowest j on, of taps[half + k * down - j * up] * x[j]. */
internal fun polyphase(samples: Samples, up: Int, down: Int, count: Int, taps: DoubleArray): Samples {
    val half = taps.size / 2
    val channels = samples.channels
    val found = DoubleArray(count * channels)
    for (k in 0 until count) {
        val middle = half + k.toLong() * down
        val lowest = maxOf(0L, Math.floorDiv(middle - 2L * half + up - 1, up.toLong())).toInt()
        val highest = minOf(samples.length - 1L, middle / up).toInt()
        for (j in lowest..highest) {
            val tap = taps[(middle - j.toLong() * up).toInt()]
            for (c in 0 until channels) found[k * channels + c] += tap * samples.data[j * channels + c]
        }
    }
    return Samples(found, channels)
}
