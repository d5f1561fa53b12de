package dev.satchel.app

import android.graphics.BitmapFactory
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h640dp-xhdpi")
class ResourcesTest {
    @Test
    fun `strings and the manifest are the app's`() {
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        assertEquals("dev.satchel.app", activity.packageName)
        assertEquals("Satchel", activity.getString(R.string.app_name))
        assertEquals(35, RuntimeEnvironment.getApplication().applicationInfo.targetSdkVersion)
    }

    @Test
    fun `photos are decoded by Android's own decoder`() {
        val photo = File(System.getProperty("satchel.root"), "out/samples/rocket.jpg").readBytes()
        val bitmap = BitmapFactory.decodeByteArray(photo, 0, photo.size)
        assertEquals(640 to 427, bitmap.width to bitmap.height)
    }
}
