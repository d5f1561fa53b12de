package dev.satchel.app.screens

import dev.satchel.app.App
import dev.satchel.app.bundles.Part
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.Shipped
import dev.satchel.app.engines.Choice
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.Remembered
import dev.satchel.app.engines.TestEngines
import dev.satchel.app.state.AppModel
import java.io.File

/** The app with the bundles that a test gives it, on the interpreter that tests have. */
class TestApp : App() {
    private var made: AppModel? = null

    override val model: AppModel get() = made ?: made().also { made = it }

    override fun engines(): Engines = engines

    /** Ends the process: the next activity finds an app that has just begun. */
    fun end() {
        made?.onState = null
        made = null
    }

    override fun limits(): Limits = limits

    override fun shelf(): Shelf {
        val folder = File(noBackupFilesDir, "bundles").also { it.mkdirs() }
        val assets = object : Shipped {
            override fun names() = bundles.map { it.name }

            override fun open(name: String): Part = bundles.first { it.name == name }.let { file ->
                file.inputStream().let { Part(it.channel, 0, file.length(), it) }
            }
        }
        return Shelf(folder, assets, { room })
    }

    override fun remembered(): Remembered = Remembered(getSharedPreferences("checks", MODE_PRIVATE), "tests").also { remembered ->
        for ((digest, choice) in checked) remembered.keep(digest, choice)
    }

    companion object {
        /** What the app brings along; set before the activity is made. */
        var bundles: List<File> = emptyList()
        var engines: Engines = TestEngines.engines
        var limits: Limits = Limits()

        /** Bytes that may still be written. */
        var room: Long = Long.MAX_VALUE

        /** What was found out about bundles before: each is checked once in all tests, unless a test empties this. */
        val checked: MutableMap<String, Choice> = HashMap()

        fun reset() {
            bundles = emptyList()
            engines = TestEngines.engines
            limits = Limits()
            room = Long.MAX_VALUE
        }
    }
}
