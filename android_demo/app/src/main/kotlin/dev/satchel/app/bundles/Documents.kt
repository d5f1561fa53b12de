package dev.satchel.app.bundles

import android.content.ContentResolver
import android.net.Uri
import android.provider.OpenableColumns

/** Gives the length that a document's app tells, which need not be true; null where it tells none. */
fun statedLength(resolver: ContentResolver, uri: Uri): Long? = try {
    resolver.query(uri, arrayOf(OpenableColumns.SIZE), null, null, null)?.use {
        if (it.moveToFirst() && !it.isNull(0)) it.getLong(0).takeIf { size -> size >= 0 } else null
    }
} catch (_: RuntimeException) {
    // An app may fail as it likes where it is asked: without a length its stream is read all the same.
    null
}
