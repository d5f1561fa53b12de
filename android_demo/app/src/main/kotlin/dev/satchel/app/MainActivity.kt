package dev.satchel.app

import android.app.Activity
import android.os.Bundle
import android.widget.TextView

/** The app's only Activity. */
class MainActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(TextView(this).apply { setText(R.string.app_name) })
    }
}
