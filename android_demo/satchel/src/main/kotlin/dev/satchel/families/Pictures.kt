package dev.satchel.families

import dev.satchel.Frame
import dev.satchel.Input
import dev.satchel.Photo
import dev.satchel.SatchelException
import dev.satchel.Tensor
import dev.satchel.TensorValue
import dev.satchel.Thing
import dev.satchel.ops.Picture
import dev.satchel.ops.Pointwise
import dev.satchel.ops.YuvToPicture
import dev.satchel.ops.pointwise
import dev.satchel.steps.CenterOfMass
import dev.satchel.steps.Color
import dev.satchel.steps.Crop
import dev.satchel.steps.CropContent
import dev.satchel.steps.Flip
import dev.satchel.steps.InputStep
import dev.satchel.steps.Layout
import dev.satchel.steps.Order
import dev.satchel.steps.Pad
import dev.satchel.steps.Resize
import dev.satchel.steps.YuvToRgb

/** Inputs that begin with decode: a photo, or a camera's frame that says its range and rotation. */
internal object PhotoFamily : PictureFamily("photo")

/** Inputs that begin with yuv_to_rgb: a camera's frame, or the picture that it has become already. */
internal object FrameFamily : PictureFamily("frame")

internal abstract class PictureFamily(override val kind: String) : Family {
    override fun check(steps: List<InputStep>, where: String): List<Shape> = pictureShapes(steps, where)

    override fun plan(input: Input, shapes: List<Shape>, tensor: Tensor?): Plan = PicturePlan(input.steps, shapes, tensor)

    override fun load(thing: Thing, input: Input): Thing = when (thing) {
        is Frame, is Photo -> thing
        else -> throw SatchelException("input/wrong-type", "the input '${input.name}' takes a $kind", hint = "Give a Photo or a Frame.")
    }
}

/** The steps of a picture, each with the memory that it needs. */
private class PicturePlan(private val steps: List<InputStep>, shapes: List<Shape>, tensor: Tensor?) : Plan {
    private val converter = YuvToPicture(steps.first() as? YuvToRgb)
    private val given = Picture()
    private val stages: List<Stage>
    private val sink: Sink
    private val traceable = traceable(steps)
    private var last: Trace? = null

    init {
        val made = ArrayList<Stage>()
        val pending = ArrayList<Pointwise>()
        var place = 1
        while (place < steps.size) {
            val step = steps[place]
            val each = pointwise(step)
            if (each != null) pending.add(each)
            if (each == null && step !is Layout) {
                if (pending.isNotEmpty()) made.add(FloatStage(pending.toTypedArray()))
                pending.clear()
                val follows = if (step is Resize) steps.getOrNull(place + 1) as? Crop else null
                made.add(stageOf(step, shapes[place - 1] as PictureShape, follows))
                if (follows != null) place++
            }
            place++
        }
        val order = (steps.last { it is Layout || it === steps.first() } as? Layout)?.to ?: Order.NHWC
        stages = made
        sink = Sink(pending.toTypedArray(), order, tensor)
    }

    override fun prepare(thing: Thing, reuse: TensorValue?): TensorValue {
        try {
            var image = pictureOf(thing)
            for (place in stages.indices) image = stages[place].run(image)
            return sink.run(image, reuse)
        } catch (error: SatchelException) {
            throw if (error.where.isEmpty()) error.at((thing as? Photo)?.name ?: "frame") else error
        }
    }

    override fun trace(thing: Thing): Trace? {
        if (!traceable) return null
        val width = widthOf(thing)
        val height = heightOf(thing)
        return last?.takeIf { it.x.given == width && it.y.given == height } ?: traced(steps, width, height).also { last = it }
    }

    private fun pictureOf(thing: Thing): Picture = when (thing) {
        is Photo -> given.whole(thing.pixels, thing.width, thing.height, 3)
        is Frame -> converter.run(thing)
        else -> error("${thing::class} was not loaded")
    }

    private fun widthOf(thing: Thing): Int = when (thing) {
        is Frame -> if (converter.turned(thing)) thing.height else thing.width
        else -> (thing as Photo).width
    }

    private fun heightOf(thing: Thing): Int = when (thing) {
        is Frame -> if (converter.turned(thing)) thing.width else thing.height
        else -> (thing as Photo).height
    }
}

private fun stageOf(step: InputStep, before: PictureShape, follows: Crop?): Stage = when (step) {
    is Color -> ColorStage(before.colours, step.to)
    is Resize -> ResizeStage(step, follows)
    is Crop -> CropStage(step)
    is CropContent -> CropContentStage(step)
    is CenterOfMass -> CenterOfMassStage(step)
    is Pad -> PadStage(step)
    is Flip -> FlipStage(step.axis)
    else -> error("${step.op} is no step of a picture")
}
