package dev.satchel.app.camera

import android.graphics.Canvas
import android.graphics.SurfaceTexture
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.view.TextureView
import dev.satchel.Frame
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowImageReader
import org.robolectric.shadows.ShadowTextureView

/** What stands before the camera of the device that a test runs on. */
object Scene {
    private var arrived: Image? = null

    /** Who is told of an image, and where. */
    internal var listener: ImageReader.OnImageAvailableListener? = null
    internal var handler: Handler? = null
    internal var reader: ImageReader? = null

    /** The frame that the preview shows, as the sensor gives it. */
    internal var shown: Frame? = null
    internal var turned: Turned? = null

    /** Lets a camera see a frame: one image arrives, and the preview shows it. */
    fun show(frame: RealFrame, facing: Facing, sensorOrientation: Int) {
        shown = FramePlanes().copy(frame.image(Layout.PLANAR), 0)
        turned = Turned(facing, sensorOrientation)
        arrived = frame.image(Layout.NV21)
        handler!!.post { listener!!.onImageAvailable(reader) }
    }

    internal fun take(): Image? = arrived.also { arrived = null }

    fun clear() {
        arrived = null
        listener = null
        shown = null
    }
}

/**
 * The ImageReader of every test: robolectric.properties names it.
 *
 * A reader's finaliser closes it, whatever test runs by then; there is no native part here that it could close.
 */
@Implements(ImageReader::class)
open class ReaderWithoutNative : ShadowImageReader() {
    @Implementation
    fun nativeClose() = Unit
}

/** An ImageReader whose images are those of the [Scene]. */
@Implements(ImageReader::class)
class SyntheticReader : ReaderWithoutNative() {
    @RealObject
    private lateinit var self: ImageReader

    @Implementation
    fun setOnImageAvailableListener(listener: ImageReader.OnImageAvailableListener?, handler: Handler?) {
        Scene.listener = listener
        Scene.handler = handler
        Scene.reader = self
    }

    @Implementation
    fun acquireLatestImage(): Image? = Scene.take()
}

/** A TextureView that draws what the camera of the [Scene] writes to it, stretched over itself, with its own transform. */
@Implements(TextureView::class)
class SyntheticPreview : ShadowTextureView() {
    @RealObject
    private lateinit var self: TextureView

    @Implementation
    public override fun draw(canvas: Canvas) {
        val frame = Scene.shown ?: return
        drawPreview(canvas, frame, Scene.turned!!, self.getTransform(null), self.width, self.height)
    }
}

/** Lets a view have something to be drawn on, as it does where there is a GPU. */
fun appear(view: TextureView) = view.surfaceTextureListener!!.onSurfaceTextureAvailable(SurfaceTexture(0), view.width, view.height)
