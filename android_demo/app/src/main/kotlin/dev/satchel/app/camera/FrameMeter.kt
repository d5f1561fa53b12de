package dev.satchel.app.camera

import dev.satchel.Timings

/** How fast frames are answered: frames a second, and the mean milliseconds of each stage. */
data class Pace(val framesASecond: Double, val prepare: Double, val infer: Double, val read: Double)

/**
 * Measures the frames of the last two seconds, in memory of its own.
 *
 * @param window the nanoseconds that are looked back on.
 */
class FrameMeter(private val window: Long = 2_000_000_000) {
    private val ends = LongArray(KEPT)
    private val stages = Array(KEPT) { DoubleArray(STAGES) }
    private var count = 0L

    /** Notes a frame that was answered at [now], by System.nanoTime(). */
    fun add(now: Long, timings: Timings) {
        val place = (count++ % KEPT).toInt()
        ends[place] = now
        stages[place][0] = timings.prepare
        stages[place][1] = timings.infer
        stages[place][2] = timings.read
    }

    /** Gives the pace; null before the second frame. Two frames are looked at however long ago they are. */
    fun pace(): Pace? {
        if (count < 2) return null
        val newest = ends[placeOf(0)]
        val there = minOf(count, KEPT.toLong())
        var looked = 2L
        while (looked < there && newest - ends[placeOf(looked)] <= window) looked++
        val seconds = (newest - ends[placeOf(looked - 1)]) / 1e9
        return Pace((looked - 1) / seconds, mean(0, looked), mean(1, looked), mean(2, looked))
    }

    /** Gives the mean of a stage over so many of the last frames. */
    private fun mean(stage: Int, looked: Long): Double {
        var sum = 0.0
        for (back in 0 until looked) sum += stages[placeOf(back)][stage]
        return sum / looked
    }

    /** Gives where the frame stands that came so many before the last. */
    private fun placeOf(back: Long): Int = ((count - 1 - back) % KEPT).toInt()

    /** Forgets all frames: another model, or another camera. */
    fun clear() {
        count = 0
    }

    private companion object {
        /** More than a camera gives in the window. */
        const val KEPT = 256
        const val STAGES = 3
    }
}
