package dev.satchel.app.photos

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.provider.MediaStore
import android.view.View
import dev.satchel.app.R
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.engines.ROOT
import dev.satchel.app.screens.Launched
import dev.satchel.app.screens.TestApp
import dev.satchel.app.screens.answered
import dev.satchel.app.screens.bundle
import dev.satchel.app.screens.carried
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.UiState
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File

/** A photo that another app takes for this one. */
@RunWith(EngineTestRunner::class)
@Config(sdk = [35], application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
class TakePhotoTest {
    private val rocket = File(ROOT, "out/samples/rocket.jpg").readBytes()
    private val coffee = carried("samples/coffee.jpg").readBytes()

    @After
    fun after() = TestApp.reset()

    private fun started(): Launched {
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)
        return Launched.with(bundle("selfie-segmenter")).ready()
    }

    /** Takes a photo as a camera app does: it writes some bytes to where it was asked to, and comes back. */
    private fun Launched.takes(bytes: ByteArray, result: Int): Launched {
        view<View>(R.id.take).performClick()
        val asked = shadowOf(activity).nextStartedActivityForResult.intent
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, asked.action)
        assertEquals(Intent.FLAG_GRANT_WRITE_URI_PERMISSION, asked.flags and Intent.FLAG_GRANT_WRITE_URI_PERMISSION)
        @Suppress("DEPRECATION") // What replaces it begins with Android 13.
        assertEquals(PhotoProvider.taking, asked.getParcelableExtra(MediaStore.EXTRA_OUTPUT))
        if (bytes.isNotEmpty()) activity.contentResolver.openOutputStream(PhotoProvider.taking, "w")!!.use { it.write(bytes) }
        shadowOf(activity).receiveResult(asked, result, null)
        settle()
        return this
    }

    private fun Launched.kept(): ByteArray = activity.contentResolver.openInputStream(PhotoProvider.taken)!!.use { it.readBytes() }

    @Test
    fun `what was taken is shown, and stays where nothing else was taken`() {
        val app = started().takes(rocket, Activity.RESULT_OK)
        app.until("the answer") { (it as UiState.Photo).photo is PhotoState.Answered }
        val shown = app.answered()
        assertEquals("taken.jpg" to (640 to 427), shown.name to (shown.width to shown.height))
        app.takes(ByteArray(0), Activity.RESULT_CANCELED)
        app.takes(coffee.copyOf(1000), Activity.RESULT_CANCELED)
        app.takes(ByteArray(0), Activity.RESULT_OK)
        assertSame(shown, app.answered())
        assertArrayEquals(rocket, app.kept())
        app.takes(coffee, Activity.RESULT_OK)
        app.until("the next answer") { state -> (state as UiState.Photo).photo.let { it is PhotoState.Answered && it !== shown } }
        assertArrayEquals(coffee, app.kept())
        app.end()
    }

    @Test
    fun `without the permission it is asked for, and a refusal is a sentence`() {
        val app = Launched.with(bundle("selfie-segmenter")).ready()
        app.view<View>(R.id.take).performClick()
        val asked = shadowOf(app.activity as Activity).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.CAMERA), asked.requestedPermissions.asList())
        app.activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, intArrayOf(PackageManager.PERMISSION_DENIED))
        app.settle()
        assertEquals(app.activity.getString(R.string.trouble_camera_refused), app.text(R.id.notice_title))
        assertNull(shadowOf(app.activity).nextStartedActivityForResult?.intent?.takeIf { it.action == MediaStore.ACTION_IMAGE_CAPTURE })
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)
        app.activity.onRequestPermissionsResult(
            asked.requestCode,
            asked.requestedPermissions,
            intArrayOf(PackageManager.PERMISSION_GRANTED),
        )
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, shadowOf(app.activity).nextStartedActivityForResult.intent.action)
        app.end()
    }
}
