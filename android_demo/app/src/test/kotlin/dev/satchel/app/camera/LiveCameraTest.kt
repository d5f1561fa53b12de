package dev.satchel.app.camera

import android.Manifest
import android.app.Activity
import android.graphics.SurfaceTexture
import android.media.Image
import android.os.Handler
import android.os.Looper
import android.view.Surface
import dev.satchel.Frame
import dev.satchel.app.views.CameraPreview
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowDisplay

/** The camera of a screen runs while it is wanted and there is something to show it on, and turns with the display. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h640dp-mdpi", shadows = [FailingCameraManager::class])
class LiveCameraTest {
    private class Source(val onImage: (Image) -> Unit) : ImageSource {
        var closed = false
        override val surface = Surface(SurfaceTexture(0))

        override fun close() {
            closed = true
        }

        fun give() = onImage(SyntheticImage(grey(640, 480), Layout.NV21))
    }

    private class Texture : SurfaceTexture(0) {
        var released = false

        override fun release() {
            released = true
            super.release()
        }
    }

    private val cameras = Cameras().add("0", Facing.BACK, 90).add("1", Facing.FRONT, 270)
    private val preview = CameraPreview(Robolectric.buildActivity(Activity::class.java).setup().get(), null)
    private val sources = ArrayList<Source>()
    private val rotations = ArrayList<Int?>()
    private val problems = ArrayList<CameraProblem>()
    private val geometries = ArrayList<PreviewGeometry>()
    private val texture = Texture()
    private val live by lazy {
        LiveCamera(preview, Runnable::run, Listener(), Handler(Looper.getMainLooper()), { _, _, onImage ->
            Source(onImage).also { sources += it }
        })
    }

    private inner class Listener : LiveCamera.Listener {
        override fun onFrame(frame: Frame) {
            rotations += frame.rotation
        }

        override fun onProblem(problem: CameraProblem) {
            problems += problem
        }

        override fun onGeometry(geometry: PreviewGeometry) {
            geometries += geometry
        }
    }

    @Before
    fun show() {
        FailingCameraManager.forget()
        shadowOf(Cameras.context).grantPermissions(Manifest.permission.CAMERA)
        (preview.context as Activity).setContentView(preview)
        idle()
        preview.layout(0, 0, 360, 640)
        live.stop()
    }

    private fun idle() = shadowOf(Looper.getMainLooper()).idle()

    private fun appear() = preview.surfaceTextureListener!!.onSurfaceTextureAvailable(texture, preview.width, preview.height)

    private fun turn(rotation: Int) {
        shadowOf(ShadowDisplay.getDefaultDisplay()).setRotation(rotation)
        idle()
    }

    @Test
    fun `it runs when it is wanted and there is something to show it on`() {
        live.start(Facing.BACK)
        idle()
        assertEquals(0, sources.size)
        appear()
        idle()
        sources.single().give()
        assertEquals(listOf<Int?>(90), rotations)
        live.stop()
        idle()
        assertTrue(sources.single().closed)
        sources.single().give()
        assertEquals(1, rotations.size)
        appear()
        idle()
        assertEquals("nobody wants it", 1, sources.size)
    }

    @Test
    fun `frames, preview and overlay turn with the display, upside down too`() {
        live.start(Facing.FRONT)
        appear()
        idle()
        for (rotation in listOf(Surface.ROTATION_0, Surface.ROTATION_90, Surface.ROTATION_270, Surface.ROTATION_180)) {
            turn(rotation)
            sources.single().give()
            val expected = (270 + 90 * rotation) % 360
            assertEquals(expected, rotations.last())
            assertEquals(expected, geometries.last().rotation)
            val values = FloatArray(9).also { preview.getTransform(null).getValues(it) }
            assertEquals(geometries.last().texture().values().toList(), values.toList())
        }
    }

    @Test
    fun `another size of the view is another place for the preview`() {
        live.start(Facing.BACK)
        appear()
        idle()
        val before = geometries.last()
        preview.layout(0, 0, 640, 360)
        preview.surfaceTextureListener!!.onSurfaceTextureSizeChanged(texture, 640, 360)
        assertFalse(before === geometries.last())
        assertEquals(320f, geometries.last().placement().x(240f, 320f), 1e-3f)
    }

    @Test
    fun `when what it is shown on goes, the camera is closed before that is released`() {
        live.start(Facing.BACK)
        appear()
        idle()
        assertFalse("released later", preview.surfaceTextureListener!!.onSurfaceTextureDestroyed(texture))
        assertFalse(texture.released)
        idle()
        assertTrue(sources.single().closed)
        assertTrue(texture.released)
    }

    @Test
    fun `the other camera opens when the one before is closed`() {
        live.start(Facing.BACK)
        appear()
        idle()
        val back = FailingCameraManager.device()
        live.start(Facing.FRONT)
        appear()
        idle()
        assertTrue(FailingCameraManager.isClosed(back))
        assertEquals("1", FailingCameraManager.device().id)
        assertFalse(FailingCameraManager.isClosed(FailingCameraManager.device()))
        sources[0].give()
        assertEquals("the one before gives no more", emptyList<Int?>(), rotations)
        sources[1].give()
        assertEquals(listOf<Int?>(270), rotations)
    }

    @Test
    fun `no camera is told, and the next try may find one`() {
        cameras.remove("0")
        live.start(Facing.BACK)
        appear()
        assertEquals(emptyList<CameraProblem>(), problems)
        idle()
        assertEquals(listOf(CameraProblem.NO_CAMERA), problems)
        cameras.add("0", Facing.BACK, 90)
        live.start(Facing.BACK)
        appear()
        idle()
        assertEquals(1, sources.size)
        assertEquals(1, problems.size)
    }

    @Test
    fun `a camera that is disconnected is told once, and may be started again`() {
        live.start(Facing.BACK)
        appear()
        idle()
        cameras.shadow.triggerDisconnect()
        idle()
        assertEquals(listOf(CameraProblem.DISCONNECTED), problems)
        assertTrue(sources.single().closed)
        live.start(Facing.BACK)
        appear()
        idle()
        sources[1].give()
        assertEquals(1, rotations.size)
    }

    @Test
    fun `what a camera tells after another was started is told to nobody`() {
        live.start(Facing.BACK)
        appear()
        idle()
        cameras.shadow.triggerDisconnect()
        shadowOf(Looper.getMainLooper()).runOneTask()
        live.start(Facing.FRONT)
        appear()
        idle()
        assertEquals(emptyList<CameraProblem>(), problems)
    }

    @Test
    fun `what it was shown on is released when no camera runs, too`() {
        preview.surfaceTextureListener!!.onSurfaceTextureDestroyed(texture)
        idle()
        assertTrue(texture.released)
    }
}
