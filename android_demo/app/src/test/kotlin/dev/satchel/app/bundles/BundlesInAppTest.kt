package dev.satchel.app.bundles

import android.content.Intent
import android.net.Uri
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import dev.satchel.Engine
import dev.satchel.app.App
import dev.satchel.app.MainActivity
import dev.satchel.app.R
import dev.satchel.app.engines.Candidate
import dev.satchel.app.engines.Engines
import dev.satchel.app.state.Event
import dev.satchel.app.state.FetchState
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.ByteArrayInputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch

/** The app without bundles of its own, on a phone that runs nothing. */
class BareApp : App() {
    override fun shelf(): Shelf = Shelf(File(noBackupFilesDir, "bundles"), Nothing, { Long.MAX_VALUE })

    override fun engines(): Engines = object : Engines {
        override fun candidates(): List<Candidate> = emptyList()

        override fun absent(candidate: Candidate): String? = null

        override fun open(model: ByteBuffer, candidate: Candidate): Engine = error("there are no candidates")
    }
}

/** Bundles come into the app by links, servers and files, as a person brings them. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = BareApp::class, qualifiers = "w360dp-h640dp-xhdpi")
class BundlesInAppTest {
    private fun started(intent: Intent = Intent(Intent.ACTION_MAIN)) = Robolectric.buildActivity(MainActivity::class.java, intent).setup()

    private val MainActivity.state: UiState get() = (application as App).model.state

    private val MainActivity.typed: String get() = findViewById<EditText>(R.id.address)!!.text.toString()

    private fun link(text: String) = Intent(Intent.ACTION_VIEW, Uri.parse(text))

    /** Waits until a bundle came, or until the screen says why not. */
    private fun MainActivity.fetched(): FetchState {
        val end = System.nanoTime() + 60_000_000_000
        while (System.nanoTime() < end) {
            shadowOf(Looper.getMainLooper()).idle()
            val fetch = (state as UiState.Bundles).fetch
            if (fetch !is FetchState.Idle && fetch !is FetchState.Fetching) return fetch
            Thread.sleep(5)
        }
        throw AssertionError("nothing came")
    }

    private fun MainActivity.names(): List<String> {
        shadowOf(Looper.getMainLooper()).idle()
        return (state as UiState.Bundles).entries.map { it.name }
    }

    @Test
    fun `a link shows its address and fetches nothing before a person asks for it`() {
        Served { it.give(IRIS) }.use { server ->
            val address = server.address(digest = digestOf(IRIS))
            val controller = started(link("satchel:$address"))
            val activity = controller.get()
            assertEquals(Screen.BUNDLES, activity.state.screen)
            assertEquals("satchel:$address", activity.typed)
            Thread.sleep(300)
            shadowOf(Looper.getMainLooper()).idle()
            assertTrue(server.asked.isEmpty())
            activity.findViewById<View>(R.id.fetch)!!.performClick()
            assertEquals(FetchState.Done("iris"), activity.fetched())
            assertEquals(listOf("iris"), activity.names())
            controller.newIntent(link("satchel:https://models.example/b.satchel"))
            shadowOf(Looper.getMainLooper()).idle()
            assertEquals("satchel:https://models.example/b.satchel", activity.typed)
        }
    }

    @Test
    fun `of a server with several bundles one is chosen`() {
        val bundles = mapOf("/bundles/iris.satchel" to IRIS, "/bundles/series.satchel" to SERIES)
        served(bundles).use { server ->
            val activity = started().get()
            activity.send(Event.Go(Screen.BUNDLES))
            activity.send(Event.Fetch("127.0.0.1:${server.port}"))
            val offers = (activity.fetched() as FetchState.Offered).offers
            assertEquals(bundles.map { (file, bytes) -> server.address(file, digestOf(bytes)) }, offers.map { it.address })
            val list = activity.findViewById<ViewGroup>(R.id.offers)!!
            assertEquals(2, list.childCount)
            list.getChildAt(1).performClick()
            assertEquals(FetchState.Done("sensor-series"), activity.fetched())
            assertEquals(0, list.childCount)
        }
    }

    @Test
    fun `a code with another digest brings nothing`() {
        Served { it.give(IRIS) }.use { server ->
            val activity = started().get()
            activity.send(Event.Go(Screen.BUNDLES))
            activity.send(Event.Fetch("${server.address(digest = digestOf(SERIES))}"))
            assertEquals("bundle/digest", (activity.fetched() as FetchState.Failed).problem.code)
            assertEquals(emptyList<String>(), activity.names())
        }
    }

    @Test
    fun `files of providers that lie, die or refuse are sentences on the screen`() {
        val dying = object : InputStream() {
            private val first = ByteArrayInputStream(IRIS, 0, 20_000)

            override fun read(): Int = first.read().also { if (it < 0) throw IOException("the provider died") }
        }
        val streams: Map<String, () -> InputStream> = mapOf(
            "dying" to { dying },
            "short" to { ByteArrayInputStream(IRIS, 0, 1000) },
            "whole" to { ByteArrayInputStream(IRIS) },
        )
        val activity = started().get()
        activity.send(Event.Go(Screen.BUNDLES))
        val codes = (streams.keys + "absent").associateWith { name ->
            val uri = Uri.parse("content://other.app/$name")
            streams[name]?.let { open -> shadowOf(activity.contentResolver).registerInputStreamSupplier(uri, open) }
            activity.send(Event.AddFile(uri))
            (activity.fetched() as? FetchState.Failed)?.problem?.code
        }
        val expected = mapOf("dying" to "bundle/unreadable", "short" to "bundle/zip-form", "whole" to null, "absent" to "bundle/unreadable")
        assertEquals(expected, codes)
        assertEquals(listOf("iris"), activity.names())
    }

    @Test
    fun `a provider that neither gives nor ends is left, and the next file comes`() {
        val never = CountDownLatch(1)
        val silent = object : InputStream() {
            override fun read(): Int = never.await().let { -1 }
        }
        val activity = started().get()
        val (stuck, whole) = listOf("stuck", "whole").map { Uri.parse("content://other.app/$it") }
        shadowOf(activity.contentResolver).registerInputStreamSupplier(stuck) { silent }
        shadowOf(activity.contentResolver).registerInputStreamSupplier(whole) { ByteArrayInputStream(IRIS) }
        activity.send(Event.Go(Screen.BUNDLES))
        activity.send(Event.AddFile(stuck))
        Thread.sleep(200)
        activity.send(Event.CancelFetch)
        activity.send(Event.AddFile(whole))
        assertEquals(FetchState.Done("iris"), activity.fetched())
        assertEquals(listOf("iris"), activity.names())
        never.countDown()
    }
}
