package dev.satchel.readers

internal val MASKS: Map<String, ReadOp<*>> = emptyMap()
