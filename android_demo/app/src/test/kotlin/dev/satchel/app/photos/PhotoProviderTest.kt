package dev.satchel.app.photos

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Where the camera app leaves a photo. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = android.app.Application::class)
class PhotoProviderTest {
    private val context = RuntimeEnvironment.getApplication()
    private val resolver = context.contentResolver
    private val first = byteArrayOf(1, 2, 3)

    private fun read(): ByteArray = resolver.openInputStream(PhotoProvider.taken)!!.use { it.readBytes() }

    private fun take(bytes: ByteArray) = resolver.openOutputStream(PhotoProvider.taking, "w")!!.use { it.write(bytes) }

    @Test
    fun `the photo before is given up for one that was taken, and for no other`() {
        Robolectric.setupContentProvider(PhotoProvider::class.java, PhotoProvider.taken.authority)
        PhotoProvider.clear(context)
        assertFalse(PhotoProvider.keep(context))
        take(first)
        assertTrue(PhotoProvider.keep(context))
        assertArrayEquals(first, read())
        PhotoProvider.clear(context)
        assertFalse(PhotoProvider.keep(context))
        assertArrayEquals(first, read())
        take(byteArrayOf(4, 5))
        assertArrayEquals(first, read())
        assertTrue(PhotoProvider.keep(context))
        assertArrayEquals(byteArrayOf(4, 5), read())
        assertEquals("taken.jpg", displayName(resolver, PhotoProvider.taken))
    }
}
