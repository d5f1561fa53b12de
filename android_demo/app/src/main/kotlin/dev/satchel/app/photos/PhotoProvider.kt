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
private const val TAKING = "taking.jpg"
private const val TAKEN = "taken.jpg"

/** Gives the camera app a place for the photo that it takes; only when it has taken one is the photo before given up. */
class PhotoProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val name = uri.lastPathSegment
        if (name != TAKEN && name != TAKING) throw FileNotFoundException("$uri")
        return ParcelFileDescriptor.open(fileOf(context!!, name), ParcelFileDescriptor.parseMode(mode))
    }

    override fun getType(uri: Uri): String = "image/jpeg"

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor {
        val found = MatrixCursor(columns ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE))
        if (uri.lastPathSegment != TAKEN) return found
        val row = found.newRow()
        row.add(OpenableColumns.DISPLAY_NAME, TAKEN)
        row.add(OpenableColumns.SIZE, fileOf(context!!, TAKEN).length())
        return found
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = throw UnsupportedOperationException("nothing is added")

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int =
        throw UnsupportedOperationException("nothing is changed")

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?): Int =
        throw UnsupportedOperationException("nothing is deleted")

    companion object {
        /** The address that the camera app writes to. */
        val taking: Uri = Uri.parse("content://$AUTHORITY/$TAKING")

        /** The address that the photo is read from. */
        val taken: Uri = Uri.parse("content://$AUTHORITY/$TAKEN")

        /** Makes room for the next photo. */
        fun clear(context: Context) {
            fileOf(context, TAKING).delete()
        }

        /** Keeps what was taken in place of the photo before; false where there is nothing: a camera app may end without it. */
        fun keep(context: Context): Boolean {
            val made = fileOf(context, TAKING)
            return made.length() > 0 && made.renameTo(fileOf(context, TAKEN))
        }

        /** Where no backup goes, and the system clears nothing: the photo outlives the process. */
        private fun fileOf(context: Context, name: String): File = File(context.noBackupFilesDir.resolve("photos").apply { mkdirs() }, name)
    }
}
