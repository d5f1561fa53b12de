package dev.satchel.app.camera

import android.graphics.ImageFormat
import android.media.ImageReader
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers

/** Tests leave readers to the garbage collector, whose thread must not end the JVM, in whatever test that is. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class ReaderTest {
    @Test
    fun `a reader that is let go of ends without native code`() {
        val reader = ImageReader.newInstance(640, 480, ImageFormat.YUV_420_888, 3)
        ReflectionHelpers.callInstanceMethod<Unit>(reader, "finalize")
    }
}
