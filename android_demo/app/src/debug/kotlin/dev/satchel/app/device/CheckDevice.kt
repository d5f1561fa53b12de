package dev.satchel.app.device

import android.content.Context
import android.os.Build
import dev.satchel.app.engines.Delegate
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.LiteRtEngines
import dev.satchel.app.photos.decodePhoto
import dev.satchel.vectors.HANDLERS
import dev.satchel.vectors.Vectors
import dev.satchel.vectors.handlers.photosBy
import java.io.File
import java.util.Locale

/**
 * Checks what the arguments name, and says whether all that ran is as it should be.
 *
 * @param argument gives an argument by its name: `vectors`, `bundles`, `report`, `delegates`.
 * @param engines open the models.
 * @param told is given each line of JSON, when it is in the report.
 */
fun checkDevice(context: Context, argument: (String) -> String?, engines: Engines = LiteRtEngines(), told: (String) -> Unit): Boolean {
    val place = { path: String -> context.filesDir.resolve(path) }
    val report = place(requireNotNull(argument("report")) { "the argument 'report' is missing" })
    report.parentFile?.mkdirs()
    report.bufferedWriter().use { writer ->
        val check = DeviceCheck { line ->
            writer.appendLine(line)
            writer.flush() // What ends the process in the middle of the next case leaves this one.
            told(line)
        }
        argument("vectors")?.let { check.vectors(vectorsOf(place(it))) }
        val asked = asked(engines, argument("delegates"))
        for (path in argument("bundles").orEmpty().split(':').filter { it.isNotEmpty() }) check.bundle(place(path), asked)
        return check.totals(about(context))
    }
}

/** Gives all vectors; those of photos run by the app's own decoder. */
private fun vectorsOf(folder: File): Vectors {
    val photos = photosBy { file, background -> decodePhoto({ file.inputStream() }, "photo", background) }
    return Vectors(folder, HANDLERS + photos, emptyMap())
}

private fun asked(engines: Engines, names: String?): Engines {
    if (names == null) return engines
    val delegates = names.split(',').map { Delegate.valueOf(it.uppercase(Locale.ROOT)) }
    return object : Engines by engines {
        override fun candidates() = engines.candidates().filter { it.delegate in delegates }
    }
}

private fun about(context: Context): Map<String, Any?> = mapOf(
    "device" to mapOf("name" to "${Build.MANUFACTURER} ${Build.MODEL}", "abi" to Build.SUPPORTED_ABIS.firstOrNull()),
    "system" to mapOf("android" to Build.VERSION.RELEASE, "api" to Build.VERSION.SDK_INT, "build" to Build.FINGERPRINT),
    "app" to context.packageManager.getPackageInfo(context.packageName, 0).versionName,
)
