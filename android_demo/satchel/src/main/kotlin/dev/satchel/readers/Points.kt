package dev.satchel.readers

internal val POINTS: Map<String, ReadOp<*>> = emptyMap()
