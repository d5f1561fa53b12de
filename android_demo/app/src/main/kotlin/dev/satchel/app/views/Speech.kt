package dev.satchel.app.views

/**
 * Says when what a camera sees is to be spoken: frames come many a second, and a voice takes its time.
 *
 * @param pause the nanoseconds from one sentence to the next, at least.
 */
internal class Speech(private val pause: Long = 2_000_000_000) {
    private var last: String? = null
    private var at = 0L

    /**
     * Says whether a frame's answer is to be spoken now: it is another than the last that was, and that one was spoken [pause] ago.
     *
     * @param seen what is seen, without numbers that change with every frame.
     * @param now by System.nanoTime().
     */
    fun due(seen: String, now: Long): Boolean {
        if (seen == last || (last != null && now - at < pause)) return false
        last = seen
        at = now
        return true
    }
}
