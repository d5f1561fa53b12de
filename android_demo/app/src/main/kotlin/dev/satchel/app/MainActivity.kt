package dev.satchel.app

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Bundle
import android.provider.MediaStore
import dev.satchel.Frame
import dev.satchel.app.photos.PhotoProvider
import dev.satchel.app.state.AppModel
import dev.satchel.app.state.Event
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.Problem
import dev.satchel.app.state.Trouble
import dev.satchel.app.state.UiState
import dev.satchel.app.views.Actions
import dev.satchel.app.views.ScreenView
import dev.satchel.app.views.Tabs
import dev.satchel.app.views.TopBar
import dev.satchel.app.views.find
import dev.satchel.app.views.screenOf
import java.util.concurrent.Executor

private const val PHOTO = 1
private const val TAKEN = 2
private const val BUNDLE = 3
private const val CAMERA = 4
private const val CAMERA_TO_TAKE = 5
private const val WRITING = Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION

/** The app's only Activity: it shows what [AppModel] knows, and asks other apps and the system in its name. */
class MainActivity : Activity(), Actions {
    private val model: AppModel get() = (application as App).model
    private lateinit var tabs: Tabs
    private lateinit var top: TopBar
    private var shown: UiState? = null
    private var view: ScreenView? = null

    override val worker: Executor get() = model.worker

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.main)
        val root = window.decorView
        tabs = Tabs(root.find(R.id.tabs)) { send(Event.Go(it)) }
        top = TopBar(root)
        model.start(savedInstanceState?.let(::savedIn))
        if (savedInstanceState == null) follow(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        follow(intent)
    }

    /** Shows the address of a link; any page can hold one, so nothing is fetched before a person says so. */
    private fun follow(intent: Intent) {
        val link = intent.dataString ?: return
        if (intent.action == Intent.ACTION_VIEW) send(Event.Link(link))
    }

    override fun onResume() {
        super.onResume()
        send(Event.CameraKnown(allowed(), asked = false))
        model.onState = ::show
        show(model.state)
        view?.resume()
    }

    override fun onPause() {
        view?.pause()
        model.onState = null
        super.onPause()
    }

    override fun onSaveInstanceState(out: Bundle) {
        super.onSaveInstanceState(out)
        keep(model.saved, out)
    }

    override fun send(event: Event) = model.send(event)

    override fun answer(frame: Frame) = model.answer(frame)

    override fun choosePhoto() {
        val intent = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("image/*")
        start(intent, PHOTO)
    }

    override fun takePhoto() {
        // An app that may ask for the camera must have been allowed it, to ask even another app for a photo.
        if (!allowed()) return requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA_TO_TAKE)
        PhotoProvider.clear(this)
        val intent = Intent(MediaStore.ACTION_IMAGE_CAPTURE).putExtra(MediaStore.EXTRA_OUTPUT, PhotoProvider.taking).addFlags(WRITING)
        start(intent, TAKEN)
    }

    override fun chooseBundle() {
        val intent = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*")
        start(intent, BUNDLE)
    }

    override fun askCamera() {
        if (allowed()) send(Event.CameraKnown(true, asked = true)) else requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
    }

    override fun onRequestPermissionsResult(code: Int, names: Array<String>, results: IntArray) {
        // Without a result the dialog was interrupted: nobody has said no.
        if (results.isEmpty()) return
        val granted = results.first() == PackageManager.PERMISSION_GRANTED
        send(Event.CameraKnown(granted, asked = true))
        if (code != CAMERA_TO_TAKE) return
        if (granted) takePhoto() else send(Event.PhotoFailed(Problem(Trouble.CAMERA_REFUSED)))
    }

    override fun onActivityResult(code: Int, result: Int, data: Intent?) {
        val uri = data?.data
        when (code) {
            TAKEN -> if (result == RESULT_OK && PhotoProvider.keep(this)) send(Event.Show(PhotoRef.Stored(PhotoProvider.taken)))
            PHOTO -> if (uri != null) {
                keepAccess(data)
                send(Event.Show(PhotoRef.Stored(uri)))
            }
            BUNDLE -> if (uri != null) send(Event.AddFile(uri))
        }
    }

    /** Lets a photo be read again when the app's process is new; where its giver does not allow that, it is read once. */
    private fun keepAccess(data: Intent) {
        val uri = data.data ?: return
        try {
            contentResolver.takePersistableUriPermission(uri, Intent.FLAG_GRANT_READ_URI_PERMISSION)
        } catch (_: SecurityException) {
            return
        }
    }

    private fun start(intent: Intent, code: Int) = try {
        startActivityForResult(intent, code)
    } catch (_: ActivityNotFoundException) {
        send(Event.NoApp)
    }

    private fun allowed() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    private fun show(state: UiState) {
        val before = shown
        shown = state
        if (before?.screen != state.screen || view == null) {
            view?.pause()
            view = screenOf(state.screen, window.decorView.find(R.id.screen), this).also { it.resume() }
            if (state is UiState.Camera && !state.asked) askCamera()
        }
        tabs.show(state.screen)
        top.show(state.model)
        view?.show(state)
    }
}
