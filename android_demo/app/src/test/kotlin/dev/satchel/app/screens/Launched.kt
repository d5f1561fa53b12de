package dev.satchel.app.screens

import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import dev.satchel.app.App
import dev.satchel.app.MainActivity
import dev.satchel.app.R
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.ROOT
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.state.Event
import dev.satchel.app.state.Model
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.PhotoState
import dev.satchel.app.state.UiState
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import java.io.File
import java.io.FileOutputStream

private const val SECONDS = 600
private const val STEP = 5L

/** Gives a file of what the app brings along, which `make android-assets` lays ready. */
fun carried(name: String): File =
    File(ROOT, "out/android/assets/$name").also { check(it.isFile) { "$it is not there: make android-assets" } }

fun bundle(name: String): File = carried("bundles/$name.satchel")

/** The activity, running. */
class Launched(val controller: ActivityController<MainActivity>) {
    val activity: MainActivity get() = controller.get()
    val app: App get() = activity.application as App
    val state: UiState get() = app.model.state

    /** Waits until the app is in a state. */
    fun until(what: String, condition: (UiState) -> Boolean): Launched {
        val end = System.nanoTime() + SECONDS * 1_000_000_000L
        while (!condition(state)) {
            if (System.nanoTime() > end) throw AssertionError("$what did not come: $state")
            settle()
            Thread.sleep(STEP)
        }
        settle()
        return this
    }

    fun ready(): Launched = until("a bundle") { it.model is Model.Ready }.also {
        val model = state.model as Model.Ready
        if (model.choice.cells.size > 1) TestApp.checked[model.facts.digest] = model.choice
    }

    fun go(event: Event): Launched {
        app.model.send(event)
        settle()
        return this
    }

    /** Asks about a photo, and waits for the answer or the reason why there is none. */
    fun ask(photo: PhotoRef): Launched {
        go(Event.Show(photo))
        return until("an answer") { (it as UiState.Photo).photo is PhotoState.Answered || it.photo is PhotoState.Failed }
    }

    fun settle() = shadowOf(Looper.getMainLooper()).idle()

    fun text(id: Int): String = view<TextView>(id).text.toString()

    fun <T : View> view(id: Int): T = activity.window.decorView.findViewById(id)!!

    /** Says whether a view is there for people to see. */
    fun seen(id: Int): Boolean = view<View>(id).isShown

    /** Lets a person come back from another app with a document. */
    fun comesBackWith(uri: Uri) {
        val asked = shadowOf(activity).nextStartedActivityForResult
        shadowOf(activity).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(uri))
        settle()
    }

    /** Every view that is shown, from the outside in. */
    fun views(): List<View> = all(activity.window.decorView).filter { it.isShown }

    /** Draws what is on the screen into a picture that a person can look at. */
    fun shot(name: String): Bitmap {
        settle()
        val decor = activity.window.decorView
        val picture = Bitmap.createBitmap(decor.width, decor.height, Bitmap.Config.ARGB_8888)
        decor.draw(Canvas(picture))
        val folder = File(System.getProperty("satchel.screenshots")).also { it.mkdirs() }
        FileOutputStream(File(folder, "$name.png")).use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
        return picture
    }

    /** Turns the phone, or changes its theme: the activity is made anew, with what it saved. */
    fun turn(qualifiers: String): Launched {
        RuntimeEnvironment.setQualifiers(qualifiers)
        controller.configurationChange(activity.resources.configuration)
        settle()
        return this
    }

    /** Gives what the system keeps of the activity when it ends the process, and ends the activity. */
    fun killed(): Bundle {
        val kept = Bundle()
        controller.pause().stop().saveInstanceState(kept).destroy()
        return kept
    }

    fun end() {
        controller.pause().stop().destroy()
    }

    companion object {
        /** Starts the app with these bundles. */
        fun with(vararg bundles: File, kept: Bundle? = null, engines: Engines = TestEngines.engines): Launched {
            TestApp.bundles = bundles.asList()
            TestApp.engines = engines
            val controller = Robolectric.buildActivity(MainActivity::class.java)
            controller.create(kept).start()
            if (kept != null) controller.restoreInstanceState(kept)
            controller.postCreate(kept).resume().visible().topActivityResumed(true)
            return Launched(controller).also { it.settle() }
        }
    }
}

private fun all(view: View): List<View> =
    listOf(view) + if (view is ViewGroup) (0 until view.childCount).flatMap { all(view.getChildAt(it)) } else emptyList()

/** Gives the texts of the rows of the answer, `tiger cat 37.2 %`. */
fun Launched.rows(): List<Pair<String, String>> {
    val rows = view<ViewGroup>(R.id.rows)
    return (0 until rows.childCount).map { rows.getChildAt(it) }.map { row ->
        row.findViewById<TextView>(R.id.row_label)!!.text.toString() to row.findViewById<TextView>(R.id.row_share)!!.text.toString()
    }
}
