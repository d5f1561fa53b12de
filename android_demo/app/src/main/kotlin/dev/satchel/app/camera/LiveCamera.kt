package dev.satchel.app.camera

import android.content.Context
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraManager
import android.hardware.display.DisplayManager
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import dev.satchel.Frame
import dev.satchel.app.views.CameraPreview
import java.util.concurrent.Executor

/**
 * The camera of a screen: it runs between [start] and [stop] while the view has something to show it on, and the preview,
 * the frames and what is drawn over them keep together when the display or the view turns. For the main thread.
 *
 * @param preview the view, which this fills.
 * @param worker where frames are worked on, one at a time.
 * @param listener is given frames on the worker, problems and geometries on the main thread.
 * @param handler the thread of the cameras: the same one for all, so that one is closed before the next is opened.
 */
class LiveCamera(
    private val preview: CameraPreview,
    private val worker: Executor,
    private val listener: Listener,
    private val handler: Handler = cameras,
    private val sources: ImageSources = ::readerImages,
) {
    interface Listener : CameraFeed.Listener {
        /** Is told how frames and preview lie upon each other from now on. */
        fun onGeometry(geometry: PreviewGeometry)
    }

    private val context: Context = preview.context
    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val displays = context.getSystemService(Context.DISPLAY_SERVICE) as DisplayManager
    private val main = Handler(Looper.getMainLooper())
    private var facing: Facing? = null
    private var lens: Lens? = null
    private var feed: CameraFeed? = null

    @Volatile private var rotation = 0

    private val turns = object : DisplayManager.DisplayListener {
        override fun onDisplayAdded(displayId: Int) = Unit

        override fun onDisplayRemoved(displayId: Int) = Unit

        // When the display turns upside down, nothing else tells of it.
        override fun onDisplayChanged(displayId: Int) = arrange()
    }

    init {
        preview.listener = object : CameraPreview.Listener {
            override fun onTexture(texture: SurfaceTexture) = begin(texture)

            override fun onSize() = arrange()

            override fun onGone(texture: SurfaceTexture) {
                end()
                // Behind the camera's closing: what a camera writes to is not taken from under it.
                handler.post(texture::release)
            }
        }
    }

    /** Runs the camera that looks one way; another one that ran is closed. */
    fun start(facing: Facing) {
        if (this.facing == facing && feed != null) return
        stop()
        this.facing = facing
        displays.registerDisplayListener(turns, main)
        preview.texture()?.let(::begin)
    }

    /** Closes the camera; no new frame is worked on when this returns. */
    fun stop() {
        facing = null
        displays.unregisterDisplayListener(turns)
        end()
    }

    private fun begin(texture: SurfaceTexture) {
        val wanted = facing ?: return
        end()
        val found = try {
            lensOf(manager, wanted)
        } catch (error: CameraFailure) {
            // Later: who starts a camera is not told of its problem before start returns.
            main.post { if (facing == wanted && feed == null) listener.onProblem(error.problem) }
            return
        }
        lens = found
        arrange()
        val relay = Relay()
        feed = CameraFeed(context, found, texture, handler, worker, { rotation }, relay, sources).also { relay.feed = it }
    }

    private fun end() {
        feed?.close()
        feed = null
        lens = null
    }

    private fun arrange() {
        val seen = lens ?: return
        val display = preview.display ?: return
        if (preview.width == 0 || preview.height == 0) return
        val geometry = PreviewGeometry(
            frameWidth = seen.frame.width,
            frameHeight = seen.frame.height,
            sensorOrientation = seen.sensorOrientation,
            displayRotation = 90 * display.rotation,
            facing = seen.facing,
            viewWidth = preview.width,
            viewHeight = preview.height,
        )
        rotation = geometry.rotation
        preview.show(geometry)
        listener.onGeometry(geometry)
    }

    /** Hands on what a feed tells, as long as it is the one that runs. */
    private inner class Relay : CameraFeed.Listener {
        var feed: CameraFeed? = null

        override fun onFrame(frame: Frame) = listener.onFrame(frame)

        override fun onProblem(problem: CameraProblem) {
            main.post {
                if (feed !== this@LiveCamera.feed) return@post
                end()
                listener.onProblem(problem)
            }
        }
    }

    private companion object {
        val cameras: Handler by lazy { Handler(HandlerThread("cameras").apply { start() }.looper) }
    }
}
