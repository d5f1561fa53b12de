package dev.satchel.app

import android.app.Application
import android.os.Build
import android.os.Handler
import android.os.Looper
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.Guarded
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.LiteRtEngines
import dev.satchel.app.engines.Remembered
import dev.satchel.app.photos.PhotoStore
import dev.satchel.app.settings.SettingsStore
import dev.satchel.app.state.AppModel
import dev.satchel.app.state.Carrier
import java.util.concurrent.Executor
import java.util.concurrent.Executors

/** The app's process: it holds what outlives activities. */
open class App : Application() {
    /** What the app knows and does. */
    open val model: AppModel by lazy(::made)

    /** Gives the model of a process that has just begun. */
    protected fun made(): AppModel {
        val main = Handler(Looper.getMainLooper()).let { handler -> Executor { handler.post(it) } }
        val shelf = shelf()
        return AppModel(
            engines = engines(),
            shelf = shelf,
            remembered = remembered(),
            store = SettingsStore(getSharedPreferences("settings", MODE_PRIVATE)),
            photos = PhotoStore(this),
            worker = thread("model"),
            carrier = Carrier(shelf, contentResolver, thread("carrier"), main),
            main = main,
            limits = limits(),
        )
    }

    /** What models are run by. */
    protected open fun engines(): Engines = Guarded(LiteRtEngines(), getSharedPreferences("checks", MODE_PRIVATE), system())

    /** How long a model is waited for. */
    protected open fun limits(): Limits = Limits()

    /** Gives what a check counts for: this version of the system, and of the app with the runtime that it brings. */
    private fun system(): String = packageManager.getPackageInfo(packageName, 0).run { "${Build.FINGERPRINT} $versionName $lastUpdateTime" }

    /** The bundles that this phone has. */
    protected open fun shelf(): Shelf = Shelf(this)

    /** What was found out about bundles before. */
    protected open fun remembered(): Remembered = Remembered(getSharedPreferences("checks", MODE_PRIVATE), system())

    private fun thread(name: String): Executor = Executors.newSingleThreadExecutor { Thread(it, name) }
}
