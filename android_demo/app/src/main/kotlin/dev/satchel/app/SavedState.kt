package dev.satchel.app

import android.os.Bundle
import dev.satchel.app.camera.Facing
import dev.satchel.app.state.PhotoRef
import dev.satchel.app.state.Saved
import dev.satchel.app.state.Screen

private const val SCREEN = "screen"
private const val PHOTO = "photo"
private const val FACING = "facing"

/** Writes what outlives the process. */
internal fun keep(saved: Saved, out: Bundle) {
    out.putString(SCREEN, saved.screen.name)
    out.putString(PHOTO, saved.photo?.let(PhotoRef::text))
    out.putString(FACING, saved.facing.name)
}

/** Gives what [keep] wrote. */
internal fun savedIn(state: Bundle): Saved = Saved(
    Screen.entries.find { it.name == state.getString(SCREEN) } ?: Screen.PHOTO,
    state.getString(PHOTO)?.let(PhotoRef::parse),
    Facing.entries.find { it.name == state.getString(FACING) } ?: Facing.BACK,
)
