package dev.satchel.vectors

import dev.satchel.vectors.handlers.DOCUMENTS
import dev.satchel.vectors.handlers.FILES
import dev.satchel.vectors.handlers.IMAGES
import dev.satchel.vectors.handlers.PLACES
import dev.satchel.vectors.handlers.SCORES
import dev.satchel.vectors.handlers.SIGNALS
import dev.satchel.vectors.handlers.TABLES
import dev.satchel.vectors.handlers.TENSORS

/** What runs the cases of each folder of vectors. */
val HANDLERS: Map<String, Handler> = IMAGES + TABLES + SIGNALS + SCORES + PLACES + DOCUMENTS + FILES + TENSORS

/** Folders that need what a plain JVM does not have, with the reason. */
val NEEDS_A_DECODER: Map<String, String> = mapOf(
    "decode" to "photo files are decoded by Android; the tests of the app run these cases",
)
