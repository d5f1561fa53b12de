package dev.satchel.app.photos

import android.content.ContentResolver
import android.content.Context
import android.net.Uri
import android.provider.OpenableColumns
import dev.satchel.app.state.PhotoRef
import java.io.FileNotFoundException
import java.io.InputStream

private const val SAMPLES = "samples"

/** The photos that can be asked about: those that people have, and those that the app brings along. */
class PhotoStore(private val context: Context) {
    private val resolver: ContentResolver = context.contentResolver

    /** The file names of the photos that the app brings along. */
    val samples: List<String> by lazy { context.assets.list(SAMPLES).orEmpty().filter { !it.endsWith(".txt") }.sorted() }

    /** Opens a photo's file; an IOException or a SecurityException says that it is there no more. */
    fun open(photo: PhotoRef): InputStream = when (photo) {
        is PhotoRef.Sample -> context.assets.open("$SAMPLES/${photo.name}")
        is PhotoRef.Stored -> resolver.openInputStream(photo.uri) ?: throw FileNotFoundException("there is nothing")
    }

    /** Gives what a photo is called. */
    fun name(photo: PhotoRef): String = when (photo) {
        is PhotoRef.Sample -> photo.name
        is PhotoRef.Stored -> displayName(resolver, photo.uri) ?: "photo"
    }
}

/** Gives what a document is called; null where its provider does not say. */
fun displayName(resolver: ContentResolver, uri: Uri): String? = try {
    resolver.query(uri, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)?.use {
        if (it.moveToFirst() && !it.isNull(0)) it.getString(0) else null
    }
} catch (_: RuntimeException) {
    // A provider of another app may fail as it likes: the name is only for people.
    null
}
