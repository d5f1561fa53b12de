package dev.satchel.app.state

import dev.satchel.SatchelException
import dev.satchel.app.camera.CameraProblem

/** What kind of thing went wrong; the screen has a title for each, and for most what to do. */
enum class Trouble {
    BUNDLE,
    PHOTO,
    MODEL,
    SERVER,
    STORAGE,
    NO_RIGHT_ANSWER,
    NO_MEMORY,
    NO_APP,
    NO_CAMERA,
    CAMERA_REFUSED,
    CAMERA_DISABLED,
    CAMERA_IN_USE,
    CAMERA_GONE,
    CAMERA_BROKEN,
    NOT_A_PHOTO_MODEL,
}

/**
 * Why something did not work.
 *
 * @property message the library's paragraph: what was expected, what was found and what to do; may be empty.
 * @property code the library's, `input/too-large`; may be empty.
 */
data class Problem(val trouble: Trouble, val message: String = "", val code: String = "")

/**
 * Gives what [work] gives, or what [failed] makes of the reason why it gives nothing.
 *
 * It is the one place where the app has no memory for a photo or a model: what was begun is let go of by then.
 */
internal inline fun <T> attempt(failed: (Problem) -> T, work: () -> T): T = try {
    work()
} catch (error: SatchelException) {
    failed(problemOf(error))
} catch (_: OutOfMemoryError) {
    failed(Problem(Trouble.NO_MEMORY))
}

/** Gives what the screen tells of an error of the library. */
fun problemOf(error: SatchelException): Problem {
    val trouble = when (error.code.substringBefore('/')) {
        "bundle", "spec" -> Trouble.BUNDLE
        "input" -> Trouble.PHOTO
        "server" -> Trouble.SERVER
        else -> if (error.code in setOf("env/disk-full", "env/cannot-write")) Trouble.STORAGE else Trouble.MODEL
    }
    return Problem(trouble, error.message.orEmpty(), error.code)
}

/** Gives what the screen tells of a camera that cannot be used. */
fun problemOf(problem: CameraProblem): Problem = Problem(
    when (problem) {
        CameraProblem.NO_CAMERA -> Trouble.NO_CAMERA
        CameraProblem.REFUSED -> Trouble.CAMERA_REFUSED
        CameraProblem.DISABLED -> Trouble.CAMERA_DISABLED
        CameraProblem.IN_USE -> Trouble.CAMERA_IN_USE
        CameraProblem.DISCONNECTED -> Trouble.CAMERA_GONE
        CameraProblem.BROKEN -> Trouble.CAMERA_BROKEN
    },
)
