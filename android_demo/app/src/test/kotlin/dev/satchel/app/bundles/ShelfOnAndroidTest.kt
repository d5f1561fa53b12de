package dev.satchel.app.bundles

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.ByteArrayInputStream
import java.io.File

/** The shelf where Android puts it: in the app's own folder that is not backed up, with the assets of this build. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = android.app.Application::class)
class ShelfOnAndroidTest {
    private val context = RuntimeEnvironment.getApplication()

    @Test
    fun `the bundles in the assets are on the shelf, whole and checked`() {
        val names = context.assets.list("bundles").orEmpty().filter { it.endsWith(".satchel") }
        val shelf = Shelf(context)
        val shipped = shelf.entries()
        assertEquals(names.size, shipped.size)
        for (entry in shipped) {
            assertEquals(Origin.SHIPPED, entry.origin)
            shelf.open(entry).use { assertEquals(entry.digest, it.digest) }
        }
    }

    @Test
    fun `a bundle from a file is kept where no other app reads and no backup goes`() {
        val shelf = Shelf(context)
        val before = shelf.entries()
        val entry = shelf.addFile("a.satchel", ByteArrayInputStream(IRIS), null)
        val folder = File(context.noBackupFilesDir, "bundles")
        assertTrue(File(folder, "${entry.id}.satchel").isFile)
        assertEquals(before + entry, Shelf(context).entries())
        shelf.open(entry).use { it.reader.verify() }
        shelf.remove(entry)
        assertEquals(before, shelf.entries())
    }
}
