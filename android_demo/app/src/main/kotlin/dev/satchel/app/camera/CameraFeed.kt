package dev.satchel.app.camera

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.util.Size
import android.view.Surface
import dev.satchel.Frame
import java.util.concurrent.Executor
import java.util.function.IntSupplier

/** Where a camera's images arrive. */
interface ImageSource : AutoCloseable {
    /** What the camera writes to. */
    val surface: Surface

    override fun close()
}

/** Makes the place where images of a size arrive; each is handed to [onImage], on [handler], which closes it. */
typealias ImageSources = (size: Size, handler: Handler, onImage: (Image) -> Unit) -> ImageSource

/**
 * A camera that runs, from its opening to [close]: a preview, and frames for a model.
 *
 * Whatever goes wrong is told once, and then everything is closed.
 *
 * @param lens the camera, of [lensOf].
 * @param preview what shows the preview; its size is set here.
 * @param handler the thread of all cameras of the app, so that one is closed before the next is opened.
 * @param worker where frames are worked on, one at a time; see [FrameTaker].
 * @param rotation gives the degrees by which a frame is turned clockwise to be upright, now.
 */
class CameraFeed(
    private val context: Context,
    private val lens: Lens,
    private val preview: SurfaceTexture,
    private val handler: Handler,
    worker: Executor,
    rotation: IntSupplier,
    private val listener: Listener,
    private val sources: ImageSources = ::readerImages,
) : AutoCloseable {
    interface Listener {
        /** Is given a frame on the worker; it lasts until this returns, and only then comes the next. */
        fun onFrame(frame: Frame)

        /** Is told, on any thread, why there are no more frames. */
        fun onProblem(problem: CameraProblem)
    }

    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val taker = FrameTaker(worker, rotation, listener::onFrame)
    private var target: Surface? = null
    private var source: ImageSource? = null
    private var device: CameraDevice? = null

    @Volatile private var ended = false

    init {
        handler.post { guarded(::open) }
    }

    /** Closes the camera, in time; no new frame is worked on when this returns. */
    override fun close() = close { }

    /** Closes the camera, and calls [then] when nothing writes to the preview any more, on the camera's thread. */
    fun close(then: () -> Unit) {
        ended = true
        taker.close()
        handler.post {
            release()
            then()
        }
    }

    private fun open() {
        if (ended) return
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return fail(CameraProblem.REFUSED)
        source = sources(lens.frame, handler, taker::offer)
        preview.setDefaultBufferSize(lens.preview.width, lens.preview.height)
        target = Surface(preview)
        manager.openCamera(lens.id, DeviceCallback(), handler)
    }

    private fun start(camera: CameraDevice) {
        val surfaces = listOfNotNull(target, source?.surface)
        val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        surfaces.forEach(request::addTarget)
        if (lens.focuses) request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        @Suppress("DEPRECATION") // What replaces it begins with Android 9.
        camera.createCaptureSession(surfaces, SessionCallback(request.build()), handler)
    }

    /** Does what the platform may refuse at any time. */
    private fun guarded(work: () -> Unit) {
        try {
            work()
        } catch (error: CameraAccessException) {
            fail(problemOf(error))
        } catch (_: SecurityException) {
            fail(CameraProblem.REFUSED)
        } catch (_: IllegalArgumentException) {
            // The camera is gone since it was chosen, or a surface is.
            fail(CameraProblem.DISCONNECTED)
        } catch (_: IllegalStateException) {
            // It was closed under our hands.
            fail(CameraProblem.DISCONNECTED)
        }
    }

    private fun fail(problem: CameraProblem) {
        if (ended) return
        ended = true
        taker.close()
        release()
        listener.onProblem(problem)
    }

    /** Lets go of everything: first of what writes, then of what is written to. */
    private fun release() {
        device?.close()
        device = null
        source?.close()
        source = null
        target?.release()
        target = null
    }

    private inner class DeviceCallback : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            if (ended) return camera.close()
            device = camera
            guarded { start(camera) }
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            fail(CameraProblem.DISCONNECTED)
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            fail(
                when (error) {
                    ERROR_CAMERA_IN_USE, ERROR_MAX_CAMERAS_IN_USE -> CameraProblem.IN_USE
                    ERROR_CAMERA_DISABLED -> CameraProblem.DISABLED
                    else -> CameraProblem.BROKEN
                },
            )
        }
    }

    private inner class SessionCallback(private val request: CaptureRequest) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            if (!ended) guarded { session.setRepeatingRequest(request, null, handler) }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = fail(CameraProblem.BROKEN)
    }
}

/** Makes the place where images arrive on a device. */
internal fun readerImages(size: Size, handler: Handler, onImage: (Image) -> Unit): ImageSource = ReaderSource(size, handler, onImage)

/** Images of an ImageReader: one that waits, one that arrives, and one more as acquireLatestImage wants. */
private class ReaderSource(size: Size, handler: Handler, onImage: (Image) -> Unit) : ImageSource {
    private val reader = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, IMAGES)

    override val surface: Surface = reader.surface

    init {
        reader.setOnImageAvailableListener({ latest(it)?.let(onImage) }, handler)
    }

    /** Gives the image that came last; null where there is none any more. */
    private fun latest(from: ImageReader): Image? = try {
        from.acquireLatestImage()
    } catch (_: IllegalStateException) {
        null
    }

    override fun close() = reader.close()

    private companion object {
        const val IMAGES = 3
    }
}
