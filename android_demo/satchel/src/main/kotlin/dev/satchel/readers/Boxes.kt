package dev.satchel.readers

internal val BOXES: Map<String, ReadOp<*>> = emptyMap()
