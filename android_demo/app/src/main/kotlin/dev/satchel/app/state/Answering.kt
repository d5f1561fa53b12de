package dev.satchel.app.state

import dev.satchel.Frame
import dev.satchel.Run
import dev.satchel.Spec
import dev.satchel.app.camera.FrameMeter
import dev.satchel.app.camera.FramesOfSpec
import dev.satchel.app.camera.turnOf
import dev.satchel.app.photos.PhotoStore
import dev.satchel.app.photos.bitmapOf
import dev.satchel.app.photos.decodePhoto
import dev.satchel.app.photos.forScreen
import dev.satchel.app.photos.seenBy
import dev.satchel.steps.Decode

private const val MS = 1e6
private val BLACK = listOf(0, 0, 0)

/** Gives the answer of a photo file, with all that the screen shows of it. */
internal fun answerPhoto(runner: Runner, photos: PhotoStore, ref: PhotoRef): PhotoState.Answered {
    val started = System.nanoTime()
    val photo = decodePhoto({ photos.open(ref) }, photos.name(ref), backgroundOf(runner.bundle.spec))
    val decoded = System.nanoTime()
    val run = runner.run(photo)
    val times = Times((decoded - started) / MS, run.timings.prepare, run.timings.infer, run.timings.read)
    return PhotoState.Answered(
        name = photo.name,
        picture = bitmapOf(forScreen(photo)),
        width = photo.width,
        height = photo.height,
        answer = run.answer,
        seen = seen(runner, run),
        times = times,
        by = runner.used!!,
    )
}

private fun backgroundOf(spec: Spec): List<Int> =
    spec.inputs.firstNotNullOfOrNull { (it.steps.firstOrNull() as? Decode)?.background } ?: BLACK

private fun seen(runner: Runner, run: Run) = runner.bundle.spec.inputs.first().let { input ->
    val tensor = input.tensor.getValue(runner.used!!.artefact)
    seenBy(input, tensor, run.prepared.tensors.getValue(input.name))?.let(::bitmapOf)
}

/** Gives the answer of a camera's frame, and how fast frames are answered. */
internal fun answerFrame(runner: Runner, frame: Frame, frames: FramesOfSpec, meter: FrameMeter): Live {
    val spec = runner.bundle.spec
    val run = runner.run(frames.of(spec, frame))
    meter.add(System.nanoTime(), run.timings)
    val turned = turnOf(spec, frame)
    val lies = turned % 180 == 0
    return Live(run.answer, if (lies) frame.width else frame.height, if (lies) frame.height else frame.width, turned, meter.pace())
}
