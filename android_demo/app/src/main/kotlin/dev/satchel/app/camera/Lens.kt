package dev.satchel.app.camera

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.util.Size
import kotlin.math.abs
import kotlin.math.ln

/**
 * A camera that was chosen, and what is asked of it.
 *
 * @property sensorOrientation degrees by which its frames are turned clockwise to be upright in the device's natural position.
 * @property frame the size of the frames that a model gets.
 * @property preview the size of the preview: the same shape, so that both show the same part of the scene.
 */
data class Lens(
    val id: String,
    val facing: Facing,
    val sensorOrientation: Int,
    val frame: Size,
    val preview: Size,
    val focuses: Boolean,
)

/** A camera cannot be used. */
class CameraFailure(val problem: CameraProblem, cause: Throwable? = null) : Exception(problem.name, cause)

/** Gives the ways that this device's cameras look, the back first; none where it has no camera. */
fun facings(manager: CameraManager): List<Facing> = Facing.entries.filter {
    try {
        find(manager, it) != null
    } catch (_: CameraAccessException) {
        false
    }
}

/**
 * Gives the first camera that looks one way; an external one, as computers have, looks where people are not.
 *
 * @throws CameraFailure there is none, or it cannot be asked.
 */
fun lensOf(manager: CameraManager, facing: Facing): Lens {
    val (id, about) = try {
        find(manager, facing)
    } catch (error: CameraAccessException) {
        throw CameraFailure(problemOf(error), error)
    } ?: throw CameraFailure(CameraProblem.NO_CAMERA)
    val frame = frameSize(framesOf(about)) ?: throw CameraFailure(CameraProblem.NO_CAMERA)
    val previews = about.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)?.getOutputSizes(SurfaceTexture::class.java)
    return Lens(
        id = id,
        facing = facing,
        sensorOrientation = about.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0,
        frame = frame,
        preview = previewSize(previews.orEmpty().asList(), frame),
        focuses = CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_PICTURE in
            (about.get(CameraCharacteristics.CONTROL_AF_AVAILABLE_MODES) ?: IntArray(0)),
    )
}

private fun find(manager: CameraManager, facing: Facing): Pair<String, CameraCharacteristics>? {
    val there = manager.cameraIdList.map { it to manager.getCameraCharacteristics(it) }
    val wanted = when (facing) {
        Facing.BACK -> listOf(CameraMetadata.LENS_FACING_BACK, CameraMetadata.LENS_FACING_EXTERNAL)
        Facing.FRONT -> listOf(CameraMetadata.LENS_FACING_FRONT)
    }
    return wanted.firstNotNullOfOrNull { way ->
        there.find { (_, about) -> about.get(CameraCharacteristics.LENS_FACING) == way && framesOf(about).isNotEmpty() }
    }
}

/** Gives the sizes of frames that a camera can give: none of one that measures depth, or sees infrared. */
private fun framesOf(about: CameraCharacteristics): List<Size> = about.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)
    ?.getOutputSizes(ImageFormat.YUV_420_888).orEmpty().asList()

/**
 * Gives the size of frames: the one whose number of pixels is nearest to 640 x 480, of equal ones the nearest to 4 : 3.
 *
 * Models see a few hundred pixels a side: more would be read, turned and scaled down for nothing.
 */
internal fun frameSize(there: List<Size>): Size? = there.minWithOrNull(
    compareBy<Size> { abs(ln(it.width * it.height / FRAME_PIXELS)) }.thenBy { abs(ln(it.width.toDouble() / it.height / FRAME_SHAPE)) },
)

/** Gives the size of the preview: the largest of the frame's shape up to 1920 x 1080, which every camera can give beside frames. */
internal fun previewSize(there: List<Size>, frame: Size): Size = there
    .filter { it.width * frame.height == frame.width * it.height && it.width <= PREVIEW_WIDTH && it.height <= PREVIEW_HEIGHT }
    .maxByOrNull { it.width } ?: frame

internal fun problemOf(error: CameraAccessException): CameraProblem = when (error.reason) {
    CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> CameraProblem.IN_USE
    CameraAccessException.CAMERA_DISABLED -> CameraProblem.DISABLED
    CameraAccessException.CAMERA_DISCONNECTED -> CameraProblem.DISCONNECTED
    else -> CameraProblem.BROKEN
}

private const val FRAME_PIXELS = 640.0 * 480
private const val FRAME_SHAPE = 640.0 / 480
private const val PREVIEW_WIDTH = 1920
private const val PREVIEW_HEIGHT = 1080
