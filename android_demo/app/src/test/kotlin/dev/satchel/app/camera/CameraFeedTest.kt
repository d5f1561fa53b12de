package dev.satchel.app.camera

import android.Manifest
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice.StateCallback
import android.media.Image
import android.os.Handler
import android.os.Looper
import android.util.Size
import android.view.Surface
import dev.satchel.Frame
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** A camera opens, gives frames, fails in every way that a platform knows, and is closed each time. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], shadows = [FailingCameraManager::class])
class CameraFeedTest {
    /** Where a test puts the images that a camera would give. */
    private class Source(val size: Size, val onImage: (Image) -> Unit) : ImageSource {
        val image = SyntheticImage(grey(size.width, size.height), Layout.NV21)
        var closed = false
        var deviceWasClosed = false
        override val surface = Surface(SurfaceTexture(0))

        override fun close() {
            deviceWasClosed = FailingCameraManager.opened == null || FailingCameraManager.isClosed(FailingCameraManager.device())
            closed = true
        }
    }

    private val cameras = Cameras().add("0", Facing.BACK, 90)
    private val told = ArrayList<Any>()
    private var meanwhile = {}
    private val sources = ArrayList<Source>()
    private val listener = object : CameraFeed.Listener {
        override fun onFrame(frame: Frame) {
            meanwhile()
            told += frame.width to frame.rotation
        }

        override fun onProblem(problem: CameraProblem) {
            told += problem
        }
    }

    @Before
    fun permit() {
        FailingCameraManager.forget()
        shadowOf(Cameras.context).grantPermissions(Manifest.permission.CAMERA)
    }

    private fun feed(): CameraFeed = CameraFeed(
        Cameras.context,
        lensOf(cameras.manager, Facing.BACK),
        SurfaceTexture(0),
        Handler(Looper.getMainLooper()),
        Runnable::run,
        { 90 },
        listener,
        { size, _, onImage -> Source(size, onImage).also { sources += it } },
    )

    private fun idle() = shadowOf(Looper.getMainLooper()).idle()

    private fun assertAllClosed() {
        assertTrue(sources.all { it.closed && it.deviceWasClosed })
        if (FailingCameraManager.opened != null) assertTrue(FailingCameraManager.isClosed(FailingCameraManager.device()))
        sources.forEach {
            it.onImage(it.image)
            assertEquals("an image that comes after the end is closed", 1, it.image.closes)
        }
    }

    @Test
    fun `it opens, gives frames, and closes everything`() {
        val feed = feed()
        idle()
        assertEquals(Size(640, 480), sources.single().size)
        assertFalse(FailingCameraManager.isClosed(FailingCameraManager.device()))
        repeat(3) { sources.single().run { onImage(SyntheticImage(grey(640, 480), Layout.PADDED)) } }
        assertEquals(List(3) { 640 to 90 }, told)
        var done = false
        feed.close { done = true }
        assertFalse("it is closed on the cameras' thread", done)
        idle()
        assertTrue(done)
        assertAllClosed()
        assertEquals(3, told.size)
    }

    @Test
    fun `without the permission it says so`() {
        shadowOf(Cameras.context).denyPermissions(Manifest.permission.CAMERA)
        feed()
        idle()
        assertEquals(listOf<Any>(CameraProblem.REFUSED), told)
        assertAllClosed()
    }

    @Test
    fun `what opening throws is a problem`() {
        val thrown = listOf(
            CameraAccessException(CameraAccessException.CAMERA_IN_USE) to CameraProblem.IN_USE,
            CameraAccessException(CameraAccessException.MAX_CAMERAS_IN_USE) to CameraProblem.IN_USE,
            CameraAccessException(CameraAccessException.CAMERA_DISABLED) to CameraProblem.DISABLED,
            CameraAccessException(CameraAccessException.CAMERA_DISCONNECTED) to CameraProblem.DISCONNECTED,
            CameraAccessException(CameraAccessException.CAMERA_ERROR) to CameraProblem.BROKEN,
            SecurityException("taken back") to CameraProblem.REFUSED,
            IllegalArgumentException("unplugged") to CameraProblem.DISCONNECTED,
        )
        for ((failure, problem) in thrown) {
            FailingCameraManager.failure = failure
            told.clear()
            sources.clear()
            feed()
            idle()
            assertEquals("$failure", listOf<Any>(problem), told)
            assertAllClosed()
        }
    }

    @Test
    fun `what a camera says of itself is a problem, told once`() {
        val said = listOf(
            StateCallback.ERROR_CAMERA_IN_USE to CameraProblem.IN_USE,
            StateCallback.ERROR_MAX_CAMERAS_IN_USE to CameraProblem.IN_USE,
            StateCallback.ERROR_CAMERA_DISABLED to CameraProblem.DISABLED,
            StateCallback.ERROR_CAMERA_DEVICE to CameraProblem.BROKEN,
            StateCallback.ERROR_CAMERA_SERVICE to CameraProblem.BROKEN,
        )
        for ((error, problem) in said) {
            told.clear()
            sources.clear()
            feed()
            idle()
            repeat(2) { FailingCameraManager.opened!!.onError(FailingCameraManager.device(), error) }
            assertEquals("$error", listOf<Any>(problem), told)
            assertAllClosed()
        }
    }

    @Test
    fun `a camera that is disconnected while a model looks at its frame ends the frames, and nothing crashes`() {
        feed()
        idle()
        val source = sources.single()
        val next = SyntheticImage(grey(640, 480), Layout.NV21)
        meanwhile = {
            source.onImage(next)
            cameras.shadow.triggerDisconnect()
            idle()
        }
        source.onImage(SyntheticImage(grey(640, 480), Layout.NV21))
        assertEquals("the frame is there to its end", listOf(CameraProblem.DISCONNECTED, 640 to 90), told)
        assertEquals("what waited is closed unread", 1, next.closes)
        assertAllClosed()
    }

    @Test
    fun `images that are gone with their camera are no frames, and nothing crashes`() {
        feed()
        idle()
        sources.single().onImage(SyntheticImage(grey(640, 480), Layout.NV21).also { it.close() })
        cameras.shadow.triggerDisconnect()
        idle()
        assertEquals(listOf<Any>(CameraProblem.DISCONNECTED), told)
        assertAllClosed()
    }

    @Test
    fun `a camera that opens after it was closed is closed at once`() {
        val feed = feed()
        shadowOf(Looper.getMainLooper()).runOneTask()
        feed.close()
        idle()
        assertAllClosed()
        assertEquals(emptyList<Any>(), told)
    }

    @Test
    fun `one that is closed before it opens never opens`() {
        feed().close()
        idle()
        assertEquals(null to 0, FailingCameraManager.opened to sources.size)
    }

    @Test
    fun `an error after the end is told to nobody`() {
        val feed = feed()
        idle()
        feed.close()
        idle()
        FailingCameraManager.opened!!.onDisconnected(FailingCameraManager.device())
        FailingCameraManager.opened!!.onError(FailingCameraManager.device(), StateCallback.ERROR_CAMERA_DEVICE)
        assertEquals(emptyList<Any>(), told)
    }
}
