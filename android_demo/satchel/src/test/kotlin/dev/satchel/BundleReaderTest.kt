package dev.satchel

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.io.File
import java.io.IOException
import java.io.InputStream

/** A bundle gives what was written, and nothing that was changed. */
class BundleReaderTest {
    @TempDir
    lateinit var folder: File

    private fun Place.refusal(files: Files, read: (BundleReader) -> Unit = {}): String = codeOf { read(open(put(files, folder))) }

    @ParameterizedTest
    @EnumSource
    fun `an open bundle gives everything that was written`(place: Place) {
        val files = SmallBundle.files()
        val reader = place.open(place.put(files, folder))
        reader.verify()
        for ((path, bytes) in files) assertArrayEquals(bytes, reader.read(path))
        assertEquals(sha256(files.getValue("manifest.json")), reader.digest)
        assertEquals(listOf("red", "green", "blue"), reader.labels["colours"])
        assertEquals("small", reader.spec.name)
        assertEquals(files.getValue("variants/float32/model.tflite").size, reader.model("float32").limit())
        assertTrue(reader.model("float32").isDirect)
    }

    @ParameterizedTest
    @EnumSource
    fun `a compressed model is inflated`(place: Place) {
        val model = place.open(place.put(SmallBundle.files(compressed = true), folder)).model("float32")
        assertEquals("not a model, and nobody runs it", Charsets.UTF_8.decode(model).toString())
    }

    @ParameterizedTest
    @EnumSource
    fun `a missing file is refused`(place: Place) {
        assertEquals("bundle/missing-file", place.refusal(SmallBundle.files() - "labels/colours.txt"))
    }

    @ParameterizedTest
    @EnumSource
    fun `a bundle without golden inputs is refused`(place: Place) {
        assertEquals("bundle/missing-file", place.refusal(SmallBundle.files { it.remove("golden/golden.json") }))
    }

    @ParameterizedTest
    @EnumSource
    fun `a file that the manifest does not list is refused`(place: Place) {
        for (path in listOf("more.txt", "variants/float32/more.bin", "measurements.txt")) {
            assertEquals("bundle/extra-file", place.refusal(SmallBundle.files() + (path to ByteArray(3))))
            folder.listFiles()!!.forEach { it.deleteRecursively() }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `measurements and a card stand outside the digest`(place: Place) {
        val files = SmallBundle.files() + ("measurements/here.json" to ByteArray(3)) + ("card.md" to "hello".toByteArray())
        val reader = place.open(place.put(files, folder))
        assertEquals("hello", reader.card())
        assertEquals(sha256(files.getValue("manifest.json")), reader.digest)
    }

    @ParameterizedTest
    @EnumSource
    fun `a changed byte is found when the file is read`(place: Place) {
        for (path in SmallBundle.files().keys - "manifest.json") {
            val files = SmallBundle.files().mapValues { it.value.copyOf() }
            files.getValue(path).let { it[it.size - 1] = (it[it.size - 1] + 1).toByte() }
            assertEquals("bundle/changed-file", place.refusal(files) { it.read(path) }, path)
            assertEquals("bundle/changed-file", place.refusal(files) { it.verify() }, path)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a wrong length is refused when opening`(place: Place) {
        for (data in listOf(ByteArray(0), "red\ngreen\nblue\n\n".toByteArray())) {
            assertEquals("bundle/wrong-length", place.refusal(SmallBundle.files() + ("labels/colours.txt" to data)))
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `the promised digest opens in either case of letters, another does not`(place: Place) {
        val root = place.put(SmallBundle.files(), folder)
        val digest = place.open(root).digest
        assertEquals(digest, place.open(root, digest.uppercase()).digest)
        assertEquals("bundle/digest", codeOf { place.open(root, "0".repeat(64)) })
    }

    @ParameterizedTest
    @EnumSource
    fun `a newer manifest is refused before every other check`(place: Place) {
        val files = SmallBundle.files() + ("manifest.json" to json(mapOf("satchel" to "1.2", "more" to 1)))
        assertEquals("spec/newer-version", codeOf { place.open(place.put(files, folder), "0".repeat(64)) })
    }

    @ParameterizedTest
    @EnumSource
    fun `a manifest that is none is refused`(place: Place) {
        val wrong = mapOf("{" to "spec/not-json", "[]" to "spec/wrong-type", "{}" to "spec/missing-key")
        for ((text, code) in wrong) assertEquals(code, place.refusal(SmallBundle.files() + ("manifest.json" to text.toByteArray())))
        assertEquals("bundle/too-large", place.refusal(SmallBundle.files() + ("manifest.json" to ByteArray((4 shl 20) + 1))))
    }

    @ParameterizedTest
    @EnumSource
    fun `a spec or golden cases for other artefacts are refused when they are read`(place: Place) {
        val spec = dumps(SmallBundle.spec()).replace("float32/tflite", "int8/tflite").toByteArray()
        assertEquals("bundle/inconsistent", place.refusal(SmallBundle.files { it["spec.json"] = spec }) { it.spec })
        val golden = dumps(SmallBundle.golden()).replace("float32/tflite", "int8/tflite").toByteArray()
        assertEquals("bundle/inconsistent", place.refusal(SmallBundle.files { it["golden/golden.json"] = golden }) { it.golden })
        val named = dumps(SmallBundle.golden()).replace("\"means\"", "\"other\"").toByteArray()
        assertEquals("bundle/inconsistent", place.refusal(SmallBundle.files { it["golden/golden.json"] = named }) { it.golden })
    }

    @ParameterizedTest
    @EnumSource
    fun `a hostile path in the manifest is refused`(place: Place) {
        val codes = mapOf("/a" to "bundle/absolute-path", "../a" to "bundle/climbing-path", "a." to "bundle/unsafe-name")
        for ((path, code) in codes) {
            val files = SmallBundle.files().toMutableMap()
            val manifest = String(files.getValue("manifest.json")).replace("labels/colours.txt", path)
            files["manifest.json"] = manifest.toByteArray()
            assertEquals(code, place.refusal(files))
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a picture that inflates past its size is stopped`(place: Place) {
        val bomb = deflated(ByteArray(100_000))
        assertEquals("bundle/bomb", place.refusal(SmallBundle.files { it["golden/case1.rgb.z"] = bomb }) { it.verify() })
    }

    @Test
    fun `a model that claims to inflate a thousandfold is refused unread`() {
        assertEquals("bundle/bomb", codeOf { checkInflation(1_000_000, 1_000_000_000, "model") })
        checkInflation(1000, 64 shl 20, "model")
    }

    @Test
    fun `what is no bundle is refused`() {
        assertEquals("bundle/not-found", codeOf { BundleReader.open(File(folder, "nothing")) })
        assertEquals("bundle/not-a-bundle", codeOf { BundleReader.open(folder) })
        val file = File(folder, "a.satchel").also { it.writeText("a text") }
        assertEquals("bundle/not-a-bundle", codeOf { BundleReader.open(file) })
        file.writeBytes(zipOf(mapOf("a" to ByteArray(1))))
        assertEquals("bundle/not-a-bundle", codeOf { BundleReader.open(file) })
    }

    @ParameterizedTest
    @EnumSource
    fun `what the bundle does not hold is named`(place: Place) {
        val reader = place.open(place.put(SmallBundle.files(), folder))
        assertEquals("bundle/unknown-path", codeOf { reader.read("labels/other.txt") })
        assertEquals("bundle/unknown-artefact", codeOf { reader.model("int8") })
    }

    @Test
    fun `no cut and no changed byte of a zip's own records goes unseen`() {
        val whole = zipOf(SmallBundle.files())
        val start = whole.size - 22 - int(whole, whole.size - 10)
        for (cut in listOf(1, 21, 22, 100)) assertTrue(codeOf { opened(whole.copyOf(whole.size - cut)) } != "none")
        var unseen = 0
        for (at in start until whole.size) {
            val damaged = whole.copyOf()
            damaged[at] = (damaged[at].toInt() xor 0x55).toByte()
            if (codeOf { opened(damaged).verify() } == "none") unseen++
        }
        // Both versions, time, date and both attributes of an entry mean nothing.
        assertEquals((2 + 2 + 2 + 2 + 2 + 4) * SmallBundle.files().size, unseen)
    }

    private fun int(bytes: ByteArray, at: Int) = (0 until 4).sumOf { (bytes[at + it].toInt() and 255) shl (8 * it) }

    private fun opened(bytes: ByteArray) = BundleReader.open(bytes.inputStream(), "small")

    @Test
    fun `a stream that breaks off or never ends is an error of the bundle`() {
        val whole = zipOf(SmallBundle.files())
        val dying = object : InputStream() {
            private val given = whole.copyOf(whole.size / 2).inputStream()

            override fun read(): Int = given.read().also { if (it < 0) throw IOException("the provider died") }
        }
        assertEquals("bundle/unreadable", codeOf { BundleReader.open(dying, "small") })
        assertEquals("bundle/zip-form", codeOf { opened(whole.copyOf(whole.size / 2)) })
        val endless = object : InputStream() {
            override fun read(): Int = 'P'.code
        }
        assertEquals("bundle/too-large", codeOf { BundleReader.open(endless, "small", limit = 1_000_000) })
    }

    @Test
    fun `a file that vanishes or changes after opening is an error of the bundle`() {
        val reader = Place.FOLDER.open(Place.FOLDER.put(SmallBundle.files(), folder))
        val labels = File(folder, "small/labels/colours.txt")
        labels.appendText("more")
        assertEquals("bundle/wrong-length", codeOf { reader.read("labels/colours.txt") })
        labels.delete()
        assertEquals("bundle/unreadable", codeOf { reader.read("labels/colours.txt") })
    }
}
