package dev.satchel.app.photos

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

private const val AUTHORITY = "dev.satchel.app.photos"
private const val TAKEN = "taken.jpg"

/** Gives the camera app a place for the photo that it takes: one file, which the next photo takes the place of. */
class PhotoProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        if (uri.lastPathSegment != TAKEN) throw FileNotFoundException("$uri")
        return ParcelFileDescriptor.open(fileOf(context!!), ParcelFileDescriptor.parseMode(mode))
    }

    override fun getType(uri: Uri): String = "image/jpeg"

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor {
        val found = MatrixCursor(columns ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE))
        val row = found.newRow()
        row.add(OpenableColumns.DISPLAY_NAME, TAKEN)
        row.add(OpenableColumns.SIZE, fileOf(context!!).length())
        return found
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = throw UnsupportedOperationException("nothing is added")

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int =
        throw UnsupportedOperationException("nothing is changed")

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?): Int =
        throw UnsupportedOperationException("nothing is deleted")

    companion object {
        /** The address that the camera app writes to, and the photo is read from. */
        val uri: Uri = Uri.parse("content://$AUTHORITY/$TAKEN")

        /** Says whether something was taken: a camera app may end without it. */
        fun taken(context: Context): Boolean = fileOf(context).length() > 0

        /** Makes room for the next photo. */
        fun clear(context: Context) {
            fileOf(context).delete()
        }

        private fun fileOf(context: Context): File = File(context.cacheDir.resolve("photos").apply { mkdirs() }, TAKEN)
    }
}
