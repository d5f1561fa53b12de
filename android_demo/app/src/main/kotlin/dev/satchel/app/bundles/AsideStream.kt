package dev.satchel.app.bundles

import java.io.IOException
import java.io.InputStream
import kotlin.concurrent.thread

/** A day: as long as anybody waits who can leave. */
internal const val AS_LONG_AS_WANTED = 86_400_000L

/** A stream that is read aside, as long as anybody wants it: a giver that neither gives nor ends holds nobody. */
internal class AsideStream(private val stream: InputStream, private val aside: Aside) : InputStream() {
    override fun read(): Int {
        val one = ByteArray(1)
        return if (read(one, 0, 1) < 0) -1 else one[0].toInt() and 255
    }

    override fun read(into: ByteArray, start: Int, most: Int): Int {
        // Whoever has left takes the array for other things.
        val given = ByteArray(most)
        val found = aside.call(AS_LONG_AS_WANTED) { stream.read(given, 0, most) }
        if (found > 0) given.copyInto(into, start, 0, found)
        return found
    }

    override fun close() {
        thread(isDaemon = true) {
            try {
                stream.close()
            } catch (_: IOException) {
                // Nobody reads it any more.
            }
        }
    }
}
