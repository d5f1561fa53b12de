package dev.satchel.app.views

import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.TextView
import dev.satchel.Frame
import dev.satchel.app.R
import dev.satchel.app.bundles.Offer
import dev.satchel.app.bundles.Origin
import dev.satchel.app.bundles.QrReader
import dev.satchel.app.bundles.ShelfEntry
import dev.satchel.app.camera.CameraProblem
import dev.satchel.app.camera.Facing
import dev.satchel.app.camera.LiveCamera
import dev.satchel.app.camera.PreviewGeometry
import dev.satchel.app.state.Event
import dev.satchel.app.state.Facts
import dev.satchel.app.state.FetchState
import dev.satchel.app.state.Model
import dev.satchel.app.state.ScanState
import dev.satchel.app.state.UiState
import dev.satchel.app.state.factsOf
import dev.satchel.app.state.rests
import java.util.concurrent.Executors

/** Codes are looked for on a thread of their own: a model's check may take the other for minutes. */
private val scanning = Executors.newSingleThreadExecutor { Thread(it, "scan").apply { isDaemon = true } }

/** The bundles that are here, and the ways to get others. */
internal class BundlesScreen(private val root: View, private val actions: Actions) : ScreenView, LiveCamera.Listener {
    private val words = Words(root.resources)
    private val notice = Notice(root.find(R.id.shelf))
    private val scanNotice = Notice(root.find(R.id.scan_notice))
    private val camera = LiveCamera(root.find(R.id.scan_preview), scanning, this)
    private val reader = QrReader()
    private val address: EditText = root.find(R.id.address)
    private var link: String? = null
    private var scan: ScanState? = null
    private var fetch: FetchState = FetchState.Idle
    private var resumed = false

    /** The text of a code is used once, however many frames show it. */
    @Volatile private var found = false

    init {
        press(R.id.file) { actions.chooseBundle() }
        press(R.id.scan) { actions.send(Event.Scan(true)).also { actions.askCamera() } }
        press(R.id.scan_cancel) { actions.send(Event.Scan(false)) }
        press(R.id.scan_allow) { actions.askCamera() }
        press(R.id.cancel) { actions.send(Event.CancelFetch) }
        press(R.id.fetch) { actions.send(Event.Fetch(address.text.toString())) }
        address.setOnEditorActionListener { _, action, _ ->
            (action == EditorInfo.IME_ACTION_GO).also { if (it) actions.send(Event.Fetch(address.text.toString())) }
        }
    }

    override fun show(state: UiState) {
        val now = state as UiState.Bundles
        root.text(R.id.empty).visible(now.entries.isEmpty())
        root.find<LinearLayout>(R.id.entries).each(now.entries, R.layout.entry) { view, entry ->
            val open = entry.id == now.open
            fill(view, entry, open, factsOf(now.model).takeIf { open }, (now.model as? Model.Refused).takeIf { open })
        }
        showFetch(now.fetch)
        showScan(now.scan)
        if (now.link != link) address.setText(now.link)
        link = now.link
    }

    override fun resume() {
        resumed = true
        run()
    }

    override fun pause() {
        resumed = false
        run()
    }

    override fun onFrame(frame: Frame) {
        if (found) return
        val text = reader.read(frame) ?: return
        found = true
        root.post { if (scan != null) actions.send(Event.Fetch(text)) }
    }

    override fun onProblem(problem: CameraProblem) = actions.send(Event.CameraFailed(problem))

    override fun onGeometry(geometry: PreviewGeometry) = Unit

    private fun press(id: Int, action: () -> Unit) = root.find<View>(id).setOnClickListener { action() }

    private fun fill(view: View, entry: ShelfEntry, open: Boolean, facts: Facts?, refused: Model.Refused?) {
        val resources = view.resources
        view.isSelected = open
        view.text(R.id.entry_name).say(shortened(entry.name))
        view.text(R.id.entry_line).say(resources.getString(R.string.bundles_line, words.bytes(entry.bytes), words.origin(entry.origin)))
        val about = facts?.let(::about) ?: refused?.problem?.message
        view.text(R.id.entry_facts).apply { visible(about != null) }.say(about.orEmpty())
        val digest = entry.digest?.let { resources.getString(R.string.bundles_digest, words.digest(it)) }
        view.text(R.id.entry_digest).apply { visible(digest != null) }.say(digest.orEmpty())
        view.text(R.id.entry_name).contentDescription = if (open) resources.getString(R.string.bundles_opened, entry.name) else null
        view.text(R.id.entry_open).apply {
            visible(!open)
            contentDescription = resources.getString(R.string.bundles_open_spoken, entry.name)
            setOnClickListener { actions.send(Event.Open(entry)) }
        }
        view.find<View>(R.id.entry_presses).visible(!open || entry.origin != Origin.SHIPPED)
        view.text(R.id.entry_remove).apply {
            visible(entry.origin != Origin.SHIPPED)
            contentDescription = resources.getString(R.string.bundles_remove_spoken, entry.name)
            setOnClickListener { actions.send(Event.Remove(entry)) }
        }
    }

    private fun fill(view: View, offer: Offer) {
        val digest = words.digest(offer.address.digest.orEmpty())
        (view as TextView).say(root.resources.getString(R.string.bundles_line, shortened(offer.name), digest))
        view.setOnClickListener { actions.send(Event.Fetch("${offer.address}")) }
    }

    /** Gives what an open bundle does, and the sizes of its variants. */
    private fun about(facts: Facts): String {
        val sizes = facts.artefacts.map { (id, bytes) ->
            root.resources.getString(R.string.bundles_artefact, id.substringBefore('/'), words.bytes(bytes))
        }
        return "${facts.name} ${facts.version} ${words.task(facts.task)}.\n${sizes.joinToString(" · ")}"
    }

    private fun showFetch(fetch: FetchState) {
        notice.show((fetch as? FetchState.Failed)?.problem)
        val bar = root.find<ProgressBar>(R.id.fetch_bar)
        root.find<View>(R.id.fetching).visible(fetch is FetchState.Fetching || fetch is FetchState.Done)
        bar.visible(fetch is FetchState.Fetching)
        root.find<View>(R.id.cancel).visible(fetch is FetchState.Fetching)
        for (id in listOf(R.id.file, R.id.scan, R.id.fetch)) root.find<View>(id).isEnabled = fetch.rests
        if (fetch is FetchState.Fetching) showProgress(bar, fetch)
        val offers = (fetch as? FetchState.Offered)?.offers.orEmpty()
        root.text(R.id.offered).visible(offers.isNotEmpty())
        root.find<LinearLayout>(R.id.offers).each(offers, R.layout.offer, ::fill)
        if (fetch is FetchState.Offered && fetch != this.fetch) root.find<View>(R.id.offers).comeIntoSight()
        this.fetch = fetch
        if (fetch is FetchState.Done) root.text(R.id.fetch_text).say(root.resources.getString(R.string.bundles_done, shortened(fetch.name)))
    }

    private fun showProgress(bar: ProgressBar, fetch: FetchState.Fetching) {
        val of = fetch.of?.takeIf { it > 0 }
        bar.isIndeterminate = of == null
        if (of != null) bar.progress = (bar.max * fetch.bytes / of).toInt()
        val there = words.bytes(fetch.bytes)
        val text = if (of == null) root.resources.getString(R.string.bundles_fetching, there) else null
        root.text(R.id.fetch_text).say(text ?: root.resources.getString(R.string.bundles_fetching_of, there, words.bytes(of!!)))
    }

    private fun showScan(scan: ScanState?) {
        if (this.scan == null && scan != null) found = false
        this.scan = scan
        root.find<View>(R.id.shelf).visible(scan == null)
        root.find<View>(R.id.scanner).visible(scan != null)
        root.find<View>(R.id.scan_allow).visible(scan?.problem != null)
        root.text(R.id.scan_text).visible(scan?.problem == null)
        scanNotice.show(scan?.problem)
        run()
    }

    private fun run() {
        if (resumed && scan?.running == true) camera.start(Facing.BACK) else camera.stop()
    }
}
