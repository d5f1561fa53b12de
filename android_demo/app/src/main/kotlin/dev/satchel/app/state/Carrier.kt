package dev.satchel.app.state

import android.content.ContentResolver
import android.net.Uri
import dev.satchel.SatchelException
import dev.satchel.app.bundles.Address
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.bundles.statedLength
import dev.satchel.app.photos.displayName
import java.io.IOException
import java.util.concurrent.Executor

/**
 * Carries bundles to the shelf, from files and servers, on a thread of its own: a model can run meanwhile.
 *
 * @param thread runs one task at a time.
 * @param main runs on the main thread, where everything is told.
 */
class Carrier(
    private val shelf: Shelf,
    private val resolver: ContentResolver,
    private val thread: Executor,
    private val main: Executor,
) {
    @Volatile private var cancelled = false

    /** Is told how a bundle that was asked for comes along. */
    var onFetch: (FetchState) -> Unit = {}

    /** Is told what is on the shelf, and which of it has just come. */
    var onEntries: (List<ShelfEntry>, ShelfEntry?) -> Unit = { _, _ -> }

    /** Reads what is on the shelf. */
    fun list() = thread.execute { tellEntries(null) }

    /** Puts the bundle of a document on the shelf. */
    fun add(uri: Uri) = carry {
        val name = displayName(resolver, uri) ?: "bundle.satchel"
        try {
            val stream = resolver.openInputStream(uri) ?: throw unreadable("there is nothing")
            stream.use { shelf.addFile(name, it, statedLength(resolver, uri)) }
        } catch (error: SatchelException) {
            throw error
        } catch (error: IOException) {
            throw unreadable(error.message)
        } catch (
            @Suppress("TooGenericExceptionCaught") error: RuntimeException,
        ) {
            // Another app's provider throws what it likes.
            throw unreadable(error.message)
        }
    }

    /** Puts the bundle of a server on the shelf; of a server with several it tells which there are. */
    fun fetch(address: String) = carry {
        val place = Address.parse(address)
        val offers = if (place.isServer) shelf.offers(place) { cancelled } else emptyList()
        if (offers.size > 1) return@carry null.also { tell(FetchState.Offered(offers)) }
        val wanted = offers.singleOrNull()?.address ?: place
        shelf.fetch(wanted, { bytes, of -> tell(FetchState.Fetching(bytes, of)) }, { cancelled })
    }

    /** Stops a fetch: what was there before stays. */
    fun cancel() {
        cancelled = true
    }

    fun remove(entry: ShelfEntry) = thread.execute {
        shelf.remove(entry)
        tellEntries(null)
    }

    /** Does the work, and tells what came of it; null where it has told that itself. */
    private fun carry(work: () -> ShelfEntry?) {
        cancelled = false
        tell(FetchState.Fetching(0, null))
        thread.execute {
            attempt({ problem -> tell(if (cancelled) FetchState.Idle else FetchState.Failed(problem)) }) {
                val entry = work() ?: return@execute
                tell(FetchState.Done(entry.name))
                tellEntries(entry)
            }
        }
    }

    private fun tell(state: FetchState) = main.execute { onFetch(state) }

    private fun tellEntries(fresh: ShelfEntry?) {
        val entries = shelf.entries()
        main.execute { onEntries(entries, fresh) }
    }

    private fun unreadable(why: String?) =
        SatchelException("bundle/unreadable", "the file cannot be read ($why)", hint = "Choose it again.")
}
