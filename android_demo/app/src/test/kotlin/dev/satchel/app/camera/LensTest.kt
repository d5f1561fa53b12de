package dev.satchel.app.camera

import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.util.Size
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** The camera that looks one way is found, and what is asked of it is near to what models see. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class LensTest {
    @Test
    fun `frames have as many pixels as 640 x 480, or nearly`() {
        val common = sizes("4000x3000 1920x1080 1280x960 1280x720 720x480 640x480 640x360 352x288 320x240 176x144")
        assertEquals(Size(640, 480), frameSize(common))
        assertEquals(Size(640, 480), frameSize(sizes("1280x960 480x640 640x480").reversed()))
        assertEquals(Size(720, 480), frameSize(sizes("1280x720 720x480 352x288")))
        assertEquals(Size(1280, 720), frameSize(sizes("1920x1080 1280x720")))
        assertEquals(Size(352, 288), frameSize(sizes("352x288 176x144")))
        assertNull(frameSize(emptyList()))
    }

    @Test
    fun `the preview has the frame's shape, and is as large as cameras can give it beside frames`() {
        val there = sizes("4000x3000 1920x1440 1920x1080 1440x1080 1280x960 1280x720 640x480")
        assertEquals(Size(1440, 1080), previewSize(there, Size(640, 480)))
        assertEquals(Size(1920, 1080), previewSize(there, Size(1280, 720)))
        assertEquals("none has the shape", Size(352, 288), previewSize(there, Size(352, 288)))
    }

    @Test
    fun `each way has its camera, and an external one stands for the back`() {
        val cameras = Cameras().add("0", Facing.BACK, 90).add("1", Facing.FRONT, 270)
        val front = lensOf(cameras.manager, Facing.FRONT)
        assertEquals(Lens("1", Facing.FRONT, 270, Size(640, 480), Size(1440, 1080), focuses = true), front)
        assertEquals("0", lensOf(cameras.manager, Facing.BACK).id)
        assertEquals(listOf(Facing.BACK, Facing.FRONT), facings(cameras.manager))
        cameras.remove("0")
        cameras.addExternal("7")
        assertEquals("7", lensOf(cameras.manager, Facing.BACK).id)
        cameras.add("5", Facing.BACK, 90, format = ImageFormat.RAW_SENSOR).add("6", Facing.BACK, 90)
        assertEquals("6", lensOf(cameras.manager, Facing.BACK).id)
    }

    @Test
    fun `no camera is said, and one without frames is none`() {
        val cameras = Cameras()
        assertEquals(emptyList<Facing>(), facings(cameras.manager))
        assertEquals(CameraProblem.NO_CAMERA, assertThrows(CameraFailure::class.java) { lensOf(cameras.manager, Facing.BACK) }.problem)
        cameras.add("0", Facing.BACK, 90, format = ImageFormat.RAW_SENSOR)
        assertEquals(CameraProblem.NO_CAMERA, assertThrows(CameraFailure::class.java) { lensOf(cameras.manager, Facing.BACK) }.problem)
    }

    @Test
    fun `what the platform says is one of the problems`() {
        val said = listOf(
            CameraAccessException.CAMERA_IN_USE to CameraProblem.IN_USE,
            CameraAccessException.MAX_CAMERAS_IN_USE to CameraProblem.IN_USE,
            CameraAccessException.CAMERA_DISABLED to CameraProblem.DISABLED,
            CameraAccessException.CAMERA_DISCONNECTED to CameraProblem.DISCONNECTED,
            CameraAccessException.CAMERA_ERROR to CameraProblem.BROKEN,
        )
        for ((reason, problem) in said) assertEquals(problem, problemOf(CameraAccessException(reason)))
    }

    private fun sizes(text: String) = text.split(' ').map(Size::parseSize)
}
