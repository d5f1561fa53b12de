package dev.satchel.app.state

import android.content.ContentResolver
import android.net.Uri
import dev.satchel.SatchelException
import dev.satchel.app.bundles.AS_LONG_AS_WANTED
import dev.satchel.app.bundles.Address
import dev.satchel.app.bundles.Aside
import dev.satchel.app.bundles.AsideStream
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.bundles.statedLength
import dev.satchel.app.photos.displayName
import java.io.IOException
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicBoolean

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
    /** Says of what was asked for last whether nobody waits for it any more. */
    private var cancelled = AtomicBoolean()

    /** Is told how a bundle that was asked for comes along. */
    var onFetch: (FetchState) -> Unit = {}

    /** Is told what is on the shelf, and which of it has just come. */
    var onEntries: (List<ShelfEntry>, ShelfEntry?) -> Unit = { _, _ -> }

    /** Reads what is on the shelf. */
    fun list() = thread.execute { tellEntries(null) }

    /** Puts the bundle of a document on the shelf. */
    fun add(uri: Uri) = carry { cancelled ->
        try {
            Aside(cancelled).use { added(uri, it) }
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
    fun fetch(address: String) = carry { cancelled ->
        val place = Address.parse(address)
        val offers = if (place.isServer) shelf.offers(place, cancelled) else emptyList()
        if (offers.size > 1) return@carry null.also { tell(FetchState.Offered(offers)) }
        val wanted = offers.singleOrNull()?.address ?: place
        shelf.fetch(wanted, { bytes, of -> tell(FetchState.Fetching(bytes, of)) }, cancelled)
    }

    /** Leaves a file or a server, whatever it does: what was there before stays. */
    fun cancel() = cancelled.set(true)

    fun remove(entry: ShelfEntry) = thread.execute {
        shelf.remove(entry)
        tellEntries(null)
    }

    /** Does the work, and tells what came of it; null where it has told that itself. */
    private fun carry(work: (cancelled: () -> Boolean) -> ShelfEntry?) {
        val left = AtomicBoolean().also { cancelled = it }
        tell(FetchState.Fetching(0, null))
        thread.execute {
            attempt({ problem -> tell(if (left.get()) FetchState.Idle else FetchState.Failed(problem)) }) {
                val entry = work(left::get) ?: return@execute
                tell(FetchState.Done(entry.name))
                tellEntries(entry)
            }
        }
    }

    /** Another app's provider may wait for ever for whatever it waits for. */
    private fun added(uri: Uri, aside: Aside): ShelfEntry {
        val name = aside.call(AS_LONG_AS_WANTED) { displayName(resolver, uri) } ?: "bundle.satchel"
        val stated = aside.call(AS_LONG_AS_WANTED) { statedLength(resolver, uri) }
        val stream = aside.call(AS_LONG_AS_WANTED) { resolver.openInputStream(uri) } ?: throw unreadable("there is nothing")
        return AsideStream(stream, aside).use { shelf.addFile(name, it, stated) }
    }

    private fun tell(state: FetchState) = main.execute { onFetch(state) }

    private fun tellEntries(fresh: ShelfEntry?) {
        val entries = shelf.entries()
        main.execute { onEntries(entries, fresh) }
    }

    private fun unreadable(why: String?) =
        SatchelException("bundle/unreadable", "the file cannot be read ($why)", hint = "Choose it again.")
}
