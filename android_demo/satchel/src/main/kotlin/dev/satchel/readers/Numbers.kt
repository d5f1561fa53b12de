package dev.satchel.readers

internal val NUMBERS: Map<String, ReadOp<*>> = emptyMap()
