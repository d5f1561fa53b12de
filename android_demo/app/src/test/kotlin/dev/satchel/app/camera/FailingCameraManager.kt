package dev.satchel.app.camera

import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.os.Handler
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** The device's cameras, whose opening fails when a test says so. */
@Implements(CameraManager::class)
class FailingCameraManager : ShadowCameraManager() {
    @RealObject
    private lateinit var manager: CameraManager

    @Implementation
    fun openCamera(id: String, callback: CameraDevice.StateCallback, handler: Handler?) {
        failure?.let { throw it }
        opened = callback
        val given = listOf(
            ClassParameter.from(String::class.java, id),
            ClassParameter.from(CameraDevice.StateCallback::class.java, callback),
            ClassParameter.from(Handler::class.java, handler),
        )
        Shadow.directlyOn<Any?, CameraManager>(manager, CameraManager::class.java, "openCamera", *given.toTypedArray())
    }

    companion object {
        /** What opening a camera throws. */
        var failure: Exception? = null

        /** Who is told of the camera that was opened last. */
        var opened: CameraDevice.StateCallback? = null

        /** Gives the device that was opened last. */
        fun device(): CameraDevice = ReflectionHelpers.getStaticField(ShadowCameraManager::class.java, "lastDevice")

        fun isClosed(device: CameraDevice): Boolean = ReflectionHelpers.getField(Shadow.extract(device), "closed")

        /** Opens cameras again. */
        fun forget() {
            failure = null
            opened = null
        }
    }
}
