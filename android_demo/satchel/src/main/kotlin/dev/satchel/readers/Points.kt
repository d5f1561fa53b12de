package dev.satchel.readers

import dev.satchel.Floats
import dev.satchel.SatchelException
import dev.satchel.ops.Planes
import dev.satchel.ops.heatmapKeypoints
import dev.satchel.ops.landmarkCount
import dev.satchel.ops.landmarks
import dev.satchel.ops.needOffsets
import dev.satchel.ops.refuseNan
import dev.satchel.steps.HeatmapKeypoints
import dev.satchel.steps.Landmarks

private const val ORDER = "The order is heatmap_keypoints or landmarks, uncrop, label."

private object HeatmapKeypointsOp : ReadOp<HeatmapKeypoints>() {
    override val takes = setOf(ReadKind.NUMBERS, ReadKind.SHARES)
    override val hint get() = ORDER

    override fun reads(step: HeatmapKeypoints): List<String> = listOfNotNull(step.offsets)

    override fun after(step: HeatmapKeypoints, before: Read, known: Map<String, Read>): Read {
        val shapes = namedShapes(reads(step), known)
        if (shapes == null || before.shape == null) return Read(ReadKind.POINTS)
        val found = fitting("Name the output that holds the heatmaps, and its layout.") {
            val maps = planesOf(before.shape, step.layout)!!
            if (step.offsets != null) needOffsets(planesOf(shapes.getValue(step.offsets), step.layout)!!, maps)
            maps.classes
        }
        return Read(ReadKind.POINTS, count = found)
    }

    override fun run(step: HeatmapKeypoints, value: Any, context: Context): Any {
        val maps = value as Floats
        val lie = planes(maps, step.layout)
        return heatmapKeypoints(step, maps.data, lie, step.offsets?.let { offsets(step, it, lie, context) })
    }

    private fun offsets(step: HeatmapKeypoints, name: String, maps: Planes, context: Context): Pair<FloatArray, Planes> {
        val found = context.outputs.getValue(name)
        try {
            return refuseNan(found.data) to planes(found, step.layout).also { needOffsets(it, maps) }
        } catch (error: SatchelException) {
            throw error.at(name)
        }
    }
}

private object LandmarksOp : ReadOp<Landmarks>() {
    override val takes = setOf(ReadKind.NUMBERS)
    override val hint get() = ORDER

    override fun after(step: Landmarks, before: Read, known: Map<String, Read>): Read {
        if (before.shape == null) return Read(ReadKind.POINTS)
        val hint = "Change 'dimensions', or name the output of the landmarks."
        return Read(ReadKind.POINTS, count = fitting(hint) { landmarkCount(step, before.shape) })
    }

    override fun run(step: Landmarks, value: Any, context: Context): Any = landmarks(step, value as Floats)
}

internal val POINTS: Map<String, ReadOp<*>> = mapOf("heatmap_keypoints" to HeatmapKeypointsOp, "landmarks" to LandmarksOp)
