package dev.satchel.app.device

import android.app.Activity
import android.app.Instrumentation
import android.os.Bundle

/**
 * The check on a device, as `satchel check --android` starts it.
 *
 *     am instrument -r -w -e vectors DIR -e bundles DIR[:DIR] -e report FILE [-e delegates cpu,nnapi,gpu]
 *         dev.satchel.app/dev.satchel.app.device.CheckInstrumentation
 *
 * Paths that do not begin with a slash lie in the app's own files. Each case is a status with one line of JSON under
 * `case`; the code at the end is RESULT_OK where every case that ran is as it should be.
 */
class CheckInstrumentation : Instrumentation() {
    private lateinit var given: Bundle

    override fun onCreate(arguments: Bundle?) {
        super.onCreate(arguments)
        given = arguments ?: Bundle()
        start()
    }

    override fun onStart() {
        super.onStart()
        val results = Bundle()
        finish(if (checked(results)) Activity.RESULT_OK else Activity.RESULT_CANCELED, results)
    }

    @Suppress("TooGenericExceptionCaught") // Whatever it was, whoever waits is told.
    private fun checked(results: Bundle): Boolean = try {
        checkDevice(targetContext, given::getString) { line -> sendStatus(0, Bundle().apply { putString("case", line) }) }
    } catch (error: Throwable) {
        results.putString("error", error.toString())
        false
    }
}
