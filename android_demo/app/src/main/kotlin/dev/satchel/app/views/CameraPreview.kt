package dev.satchel.app.views

import android.content.Context
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.util.AttributeSet
import android.view.TextureView
import dev.satchel.app.camera.PreviewGeometry

/** Shows a camera's preview, in its own shape and upright for the display. */
class CameraPreview(context: Context, attributes: AttributeSet?) : TextureView(context, attributes) {
    interface Listener {
        /** Is told that there is something to show the preview on. */
        fun onTexture(texture: SurfaceTexture)

        /** Is told that the view is of another size. */
        fun onSize()

        /** Is told that it is not shown any more, and releases it. */
        fun onGone(texture: SurfaceTexture)
    }

    /** Who runs the camera. */
    var listener: Listener? = null

    init {
        surfaceTextureListener = Textures()
    }

    /** Gives what the preview can be shown on; null while there is nothing. */
    fun texture(): SurfaceTexture? = if (isAvailable) surfaceTexture else null

    /** Shows the preview as it lies in this view. */
    fun show(geometry: PreviewGeometry) = setTransform(Matrix().apply { setValues(geometry.texture().values()) })

    private inner class Textures : SurfaceTextureListener {
        override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) {
            listener?.onTexture(surface)
        }

        override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) {
            listener?.onSize()
        }

        override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
            val keeper = listener ?: return true
            keeper.onGone(surface)
            return false
        }

        override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
    }
}
