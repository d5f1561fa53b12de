package dev.satchel.app.state

import dev.satchel.Frame
import dev.satchel.app.bundles.Shelf
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.camera.FrameMeter
import dev.satchel.app.camera.FramesOfSpec
import dev.satchel.app.engines.Cell
import dev.satchel.app.engines.Engines
import dev.satchel.app.engines.Limits
import dev.satchel.app.engines.Remembered
import dev.satchel.app.photos.PhotoStore
import dev.satchel.app.settings.Settings
import dev.satchel.app.settings.SettingsStore
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger

/**
 * What the app knows and does, as long as its process lives: activities come and go, and show [state].
 *
 * Everything here happens on the main thread, but for the bundle, its model and its photos: these belong to [worker], which
 * runs one task at a time. Files and the network belong to the [Carrier].
 *
 * @param main runs on the main thread.
 */
class AppModel(
    private val engines: Engines,
    shelf: Shelf,
    remembered: Remembered,
    private val store: SettingsStore,
    private val photos: PhotoStore,
    val worker: Executor,
    private val carrier: Carrier,
    private val main: Executor,
    limits: Limits = Limits(),
) {
    private val runner = Runner(engines, shelf, remembered, limits)
    private val frames = FramesOfSpec()
    private val meter = FrameMeter()

    /** Counts what is opened and checked: work of an earlier number stops. */
    private val turn = AtomicInteger()
    private var held = Held(settings = store.settings, samples = photos.samples)

    /** Is told of every new state; null while no activity shows any. */
    var onState: ((UiState) -> Unit)? = null

    val state: UiState get() = shown(held, engines)

    /** What is to be kept where the process ends. */
    val saved: Saved get() = Saved(held.screen, held.ref, held.facing)

    init {
        carrier.onFetch = { fetch -> change { copy(fetch = fetch) } }
        carrier.onEntries = ::arrived
    }

    /** Begins, with what was saved where there was a process before; later calls do nothing. */
    fun start(saved: Saved?) {
        if (held.started) return
        change { copy(started = true, screen = saved?.screen ?: screen, ref = saved?.photo, facing = saved?.facing ?: facing) }
        carrier.list()
    }

    fun send(event: Event) {
        when (event) {
            is Event.Go -> change { at(event.screen) }
            is Event.Show -> ask(event.photo)
            is Event.PhotoFailed -> change { copy(photo = PhotoState.Failed(event.problem)) }
            is Event.NoApp -> change { failed(Problem(Trouble.NO_APP)) }
            is Event.Open -> open(event.entry)
            is Event.AddFile -> carrier.add(event.uri)
            is Event.Fetch -> change { copy(scanning = false) }.also { carrier.fetch(event.address) }
            is Event.Link -> change { at(Screen.BUNDLES).copy(link = event.address) }
            is Event.CancelFetch -> carrier.cancel()
            is Event.Scan -> change { copy(scanning = event.on, cameraProblem = null, fetch = FetchState.Idle) }
            is Event.Remove -> carrier.remove(event.entry)
            is Event.CheckAnew -> checkAnew()
            is Event.Set -> set(event.settings)
            is Event.Turn -> change { copy(facing = event.facing, cameraProblem = null, live = null) }
            is Event.CameraKnown -> change {
                copy(granted = known(granted, event), cameraProblem = if (event.asked) null else cameraProblem)
            }
            is Event.CameraFailed -> change { copy(cameraProblem = problemOf(event.problem), live = null) }
        }
    }

    /** Answers a camera's frame, on the worker; the frame lasts until this returns. */
    fun answer(frame: Frame) {
        val before = runner.used ?: return
        val number = turn.get()
        val live = attempt<Live?>(::stopCamera) { answerFrame(runner, frame, frames, meter) }
        if (live != null) main.execute { change { copy(live = live) } }
        if (runner.used != before) changedCell(number)
    }

    /** On the worker: what is wrong with one frame would be wrong with the next. */
    private fun stopCamera(problem: Problem): Live? {
        main.execute { change { copy(cameraProblem = problem, live = null) } }
        return null
    }

    private fun change(to: Held.() -> Held) {
        held = held.to()
        onState?.invoke(state)
    }

    /** The shelf is read, or has changed: something of it is opened where nothing is. */
    private fun arrived(entries: List<ShelfEntry>, fresh: ShelfEntry?) {
        change { copy(entries = entries) }
        val wanted = fresh ?: entries.find { it.id == held.open } ?: entries.find { it.id == store.bundle } ?: entries.firstOrNull()
        if (wanted == null) return change { copy(open = null, model = Model.None) }
        if (wanted == fresh || wanted.id != held.open) open(wanted)
    }

    private fun open(entry: ShelfEntry) {
        val number = turn.incrementAndGet()
        store.bundle = entry.id
        change { copy(open = entry.id, model = Model.Opening(entry.name), photo = PhotoState.Waiting, live = null, cameraProblem = null) }
        worker.execute {
            meter.clear()
            attempt({ problem -> tell(number) { copy(model = Model.Refused(entry.name, problem)) } }) {
                if (number == turn.get()) ready(number, runner.open(entry), anew = false)
            }
        }
    }

    private fun checkAnew() {
        val facts = factsOf(held.model) ?: return
        val number = turn.incrementAndGet()
        change { copy(model = Model.Checking(facts, emptyList(), 0, 0), live = null) }
        worker.execute {
            attempt({ problem -> tell(number) { copy(model = Model.Refused(facts.name, problem, facts)) } }) {
                if (number == turn.get()) ready(number, facts, anew = true)
            }
        }
    }

    /** On the worker: checks the open bundle where that is not remembered, and loads what is to run. */
    private fun ready(number: Int, facts: Facts, anew: Boolean) {
        if (anew || runner.choice == null) {
            tell(number) { copy(model = Model.Checking(facts, emptyList(), 0, 0)) }
            val cells = ArrayList<Cell>()
            runner.check(
                onCell = { cell, done, of ->
                    cells += cell
                    val now = cells.toList()
                    tell(number) { copy(model = Model.Checking(facts, now, done, of)) }
                },
                cancelled = { number != turn.get() },
            )
        }
        if (number != turn.get()) return
        load { model ->
            tell(number) { copy(model = model) }
            main.execute { held.ref?.let(::ask) }
        }
    }

    /** On the worker: loads what the settings pick. */
    private fun load(then: (Model) -> Unit) {
        runner.load(held.settings)
        meter.clear()
        then(runner.model())
    }

    private fun set(settings: Settings) {
        store.settings = settings
        change { copy(settings = settings) }
        val facts = (held.model as? Model.Ready)?.facts ?: return
        val number = turn.get()
        worker.execute {
            val before = runner.used
            attempt({ problem -> tell(number) { copy(model = Model.Refused(facts.name, problem, facts)) } }) {
                load { model ->
                    tell(number) { copy(model = model) }
                    if (runner.used != before) main.execute { held.ref?.let(::ask) }
                }
            }
        }
    }

    private fun ask(photo: PhotoRef) {
        val shown = held.photo as? PhotoState.Answered
        change { copy(ref = photo, photo = if (model is Model.Refused) this.photo else PhotoState.Busy(shown)) }
        if (held.model !is Model.Ready) return
        val number = turn.get()
        worker.execute {
            val before = runner.used
            val answered = attempt<PhotoState>(PhotoState::Failed) { answerPhoto(runner, photos, photo) }
            tell(number) { if (ref == photo) copy(photo = answered) else this }
            if (runner.used != before) changedCell(number)
        }
    }

    /** On the worker: a candidate failed, and another one runs in its place. */
    private fun changedCell(number: Int) {
        val found = runner.model()
        tell(number) { if (factsOf(model) == factsOf(found)) copy(model = found) else this }
    }

    /** Tells the main thread, unless something else is wanted by then. */
    private fun tell(number: Int, to: Held.() -> Held) = main.execute { if (number == turn.get()) change(to) }
}
