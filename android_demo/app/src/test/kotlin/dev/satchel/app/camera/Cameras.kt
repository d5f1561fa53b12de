package dev.satchel.app.camera

import android.app.Application
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.PixelFormat
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.util.Size
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.StreamConfigurationMapBuilder

/**
 * The cameras of the device that a test runs on.
 *
 * @param sizes of the frames and previews that each of them gives.
 */
class Cameras(private val sizes: List<Size> = SIZES) {
    val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    val shadow: ShadowCameraManager = shadowOf(manager)

    fun add(id: String, facing: Facing, orientation: Int, format: Int = ImageFormat.YUV_420_888): Cameras {
        val way = if (facing == Facing.BACK) CameraMetadata.LENS_FACING_BACK else CameraMetadata.LENS_FACING_FRONT
        return add(id, way, orientation, format)
    }

    fun addExternal(id: String): Cameras = add(id, CameraMetadata.LENS_FACING_EXTERNAL, 0, ImageFormat.YUV_420_888)

    fun remove(id: String) = shadow.removeCamera(id)

    private fun add(id: String, way: Int, orientation: Int, format: Int): Cameras {
        val about = ShadowCameraCharacteristics.newCameraCharacteristics()
        val map = StreamConfigurationMapBuilder.newBuilder()
        for (size in sizes) {
            map.addOutputSize(format, size)
            map.addOutputSize(PixelFormat.RGBX_8888, size)
            map.addOutputSize(ImageFormat.PRIVATE, size)
        }
        val modes = intArrayOf(CameraMetadata.CONTROL_AF_MODE_OFF, CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        shadowOf(about).run {
            set(CameraCharacteristics.LENS_FACING, way)
            set(CameraCharacteristics.SENSOR_ORIENTATION, orientation)
            set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, map.build())
            set(CameraCharacteristics.CONTROL_AF_AVAILABLE_MODES, modes)
        }
        if (id in manager.cameraIdList) shadow.removeCamera(id)
        shadow.addCamera(id, about)
        return this
    }

    companion object {
        val context: Application get() = RuntimeEnvironment.getApplication()
        private val SIZES = listOf(Size(1440, 1080), Size(1280, 720), Size(640, 480), Size(320, 240))
    }
}
