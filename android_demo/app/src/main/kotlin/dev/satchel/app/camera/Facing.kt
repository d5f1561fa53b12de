package dev.satchel.app.camera

/** Which way a camera looks: away from the screen, or at the person before it. */
enum class Facing { BACK, FRONT }

/** Why there are no frames; the screen has a sentence for each. */
enum class CameraProblem {
    /** The device has no camera that looks this way. */
    NO_CAMERA,

    /** The app may not use the camera: the permission is not granted, or was taken back. */
    REFUSED,

    /** The device's owner has switched the cameras off. */
    DISABLED,

    /** Another app has the camera, or too many cameras are open. */
    IN_USE,

    /** The camera was taken away while it ran: unplugged, or another app came before this one. */
    DISCONNECTED,

    /** The camera, its service or its session failed. */
    BROKEN,
}
