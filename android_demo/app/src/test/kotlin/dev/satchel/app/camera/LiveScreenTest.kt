package dev.satchel.app.camera

import android.Manifest
import android.os.Looper
import android.util.Size
import android.view.Surface
import android.view.TextureView
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityManager
import android.widget.TextView
import dev.satchel.app.R
import dev.satchel.app.engines.EngineTestRunner
import dev.satchel.app.screens.Dress
import dev.satchel.app.screens.Launched
import dev.satchel.app.screens.TestApp
import dev.satchel.app.screens.bundle
import dev.satchel.app.screens.draw
import dev.satchel.app.screens.drawTrouble
import dev.satchel.app.screens.endForGood
import dev.satchel.app.screens.rows
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.variantOf
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.Screen
import dev.satchel.app.state.UiState
import dev.satchel.app.views.AnswerOverlay
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowDisplay

private const val UPRIGHT = "w411dp-h891dp-port-notnight-xhdpi"
private const val LYING = "w891dp-h411dp-land-notnight-xhdpi"
private const val BACK_SENSOR = 90
private const val FRONT_SENSOR = 270
private const val CLASSES = "efficientnet-lite0"
private const val OBJECTS = "ssd-mobilenet-v2"
private val KINDS = listOf(
    Triple("objects", OBJECTS, "coffee"),
    Triple("mask", "selfie-segmenter", "astronaut"),
    Triple("classes", CLASSES, "chelsea"),
)

/** A camera's way from its image to the screen, in the running app: ImageReader, library, interpreter, preview, overlay, rows. */
@RunWith(EngineTestRunner::class)
@Config(
    sdk = [35],
    application = TestApp::class,
    qualifiers = UPRIGHT,
    shadows = [FailingCameraManager::class, SyntheticReader::class, SyntheticPreview::class],
)
class LiveScreenTest {
    private val frames = RealFrame.all().filterNot { it.limited }

    @Before
    fun before() {
        FailingCameraManager.forget()
        shadowOf(Cameras.context).grantPermissions(Manifest.permission.CAMERA)
    }

    @After
    fun after() {
        Scene.clear()
        TestApp.reset()
    }

    @Test
    fun `what a camera sees stands on the screen as Python says, in every rotation and for both cameras`() {
        for (rotation in listOf(Surface.ROTATION_0, Surface.ROTATION_90, Surface.ROTATION_180, Surface.ROTATION_270)) {
            RuntimeEnvironment.setQualifiers(if (rotation % 2 == 0) UPRIGHT else LYING)
            val app = started(OBJECTS, "coffee", rotation)
            for (facing in Facing.entries) {
                if (facing == Facing.FRONT) begun(app.go(Event.Turn(facing)))
                turn(rotation)
                assertAnswered(app, OBJECTS, "coffee", facing, rotation)
                assertEquals(listOf("Coffee cup"), app.rows().map { it.first })
                assertEquals("Coffee cup  65%", app.view<AnswerOverlay>(R.id.camera_overlay).contentDescription)
                app.shot("camera-${facing.name.lowercase()}-${90 * rotation}")
            }
            app.end()
        }
    }

    @Test
    fun `classes stand on the screen as Python ranks them, and frames a second when there were two`() {
        val app = started(CLASSES, "chelsea")
        repeat(2) { assertAnswered(app, CLASSES, "chelsea", Facing.BACK, Surface.ROTATION_0) }
        assertEquals("tiger cat", app.rows().first().first)
        assertTrue(app.seen(R.id.pace))
        assertTrue(app.text(R.id.pace).endsWith("frames a second"))
        app.end()
    }

    @Test
    fun `the camera in every dress, with objects, a mask, classes, and gone`() {
        for (dress in Dress.entries) {
            dress.wear()
            for ((kind, name, photo) in KINDS) {
                val app = started(name, photo, dress.rotation)
                repeat(2) { assertAnswered(app, name, photo, Facing.BACK, dress.rotation) }
                app.draw(dress, "camera-$kind")
                if (kind == "classes") {
                    FailingCameraManager.opened!!.onDisconnected(FailingCameraManager.device())
                    app.until("the sentence") { (it as UiState.Camera).problem != null }
                    app.drawTrouble(dress, "camera-gone")
                }
                app.endForGood()
            }
        }
    }

    @Test
    fun `what is seen is spoken once, not with every frame`() {
        val app = started(CLASSES)
        val spoken = shadowOf(app.activity.getSystemService(AccessibilityManager::class.java)).also { it.setEnabled(true) }
        repeat(3) { assertAnswered(app, CLASSES, "coffee", Facing.BACK, Surface.ROTATION_0) }
        val said = spoken.sentAccessibilityEvents.filter { it.eventType == AccessibilityEvent.TYPE_ANNOUNCEMENT }
        assertEquals(1, said.size)
        assertTrue("${said.single().text}", said.single().text.single().startsWith("espresso, "))
        val live = app.views().filter { it.accessibilityLiveRegion != View.ACCESSIBILITY_LIVE_REGION_NONE }
        assertEquals("nothing that a frame changes speaks by itself", listOf(R.id.seal), live.map { it.id })
        app.end()
    }

    @Test
    fun `a camera that is disconnected is a sentence on the screen, and runs again when it is asked to`() {
        val app = started(CLASSES)
        assertAnswered(app, CLASSES, "coffee", Facing.BACK, Surface.ROTATION_0)
        val device = FailingCameraManager.device()
        FailingCameraManager.opened!!.onDisconnected(device)
        app.until("the sentence") { (it as UiState.Camera).problem != null }
        val said = app.activity.getString(R.string.trouble_camera_gone)
        assertTrue(app.views().any { it is TextView && it.text.toString() == said })
        app.until("the end of the camera") { FailingCameraManager.isClosed(device) }
        app.view<TextView>(R.id.allow).performClick()
        begun(app)
        assertAnswered(app, CLASSES, "coffee", Facing.BACK, Surface.ROTATION_0)
        assertEquals("espresso", app.rows().first().first)
        app.end()
    }

    @Test
    fun `the camera is closed when the app is left, and opened when it is come back to`() {
        val app = started(CLASSES)
        assertAnswered(app, CLASSES, "coffee", Facing.BACK, Surface.ROTATION_0)
        val device = FailingCameraManager.device()
        app.controller.pause()
        app.until("the end of the camera") { FailingCameraManager.isClosed(device) }
        app.controller.resume()
        begun(app)
        assertAnswered(app, CLASSES, "coffee", Facing.BACK, Surface.ROTATION_0)
        assertFalse(FailingCameraManager.isClosed(FailingCameraManager.device()))
        app.end()
    }

    /** Starts the app on the camera's screen, with the variant of a bundle that is the same everywhere. */
    private fun started(name: String, photo: String = "coffee", rotation: Int = Surface.ROTATION_0): Launched {
        val seen = frames.first { it.photo == photo && it.rotation == uprightRotation(BACK_SENSOR, 90 * rotation, Facing.BACK) }
        Cameras(listOf(Size(seen.width, seen.height))).add("0", Facing.BACK, BACK_SENSOR).add("1", Facing.FRONT, FRONT_SENSOR)
        val app = Launched.with(bundle(name)).ready()
        val variant = frames.first().said.getValue("$name.satchel").artefact.substringBefore('/')
        app.go(Event.Set(Settings(variant = variant)))
        app.until("the variant") { (it.model as? Model.Ready)?.let { model -> variantOf(model.used) } == variant }
        app.go(Event.Turn(Facing.BACK)).go(Event.Go(Screen.CAMERA)).go(Event.CameraKnown(granted = true, asked = true))
        return begun(app)
    }

    /** Waits until a camera runs that was asked for. */
    private fun begun(app: Launched): Launched {
        Scene.clear()
        appear(app.view<TextureView>(R.id.preview))
        return app.until("the camera") { Scene.listener != null }
    }

    /** Shows a photo to the camera as it is held, and waits until the screen has what Python says of it. */
    private fun assertAnswered(app: Launched, bundle: String, photo: String, facing: Facing, rotation: Int) {
        val sensor = if (facing == Facing.BACK) BACK_SENSOR else FRONT_SENSOR
        val frame = frames.first { it.photo == photo && it.rotation == uprightRotation(sensor, 90 * rotation, facing) }
        val before = live(app)
        Scene.show(frame, facing, sensor)
        app.until("an answer") { live(app) != null && live(app) !== before }
        assertEquals(frame.rotation, live(app)!!.turned)
        frame.said.getValue("$bundle.satchel").assertSame("$bundle $photo $facing $rotation", live(app)!!.answer.toJson())
    }

    private fun live(app: Launched) = (app.state as UiState.Camera).live

    private fun turn(rotation: Int) {
        shadowOf(ShadowDisplay.getDefaultDisplay()).setRotation(rotation)
        idle()
    }

    private fun idle() = shadowOf(Looper.getMainLooper()).idle()
}
