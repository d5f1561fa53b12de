package dev.satchel

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Files as Paths

/** A folder is read without following a link, and nothing in it makes the reader hang. */
class BundleFolderTest {
    @TempDir
    lateinit var folder: File
    private lateinit var root: File

    @BeforeEach
    fun `put a bundle there`() {
        root = Place.FOLDER.put(SmallBundle.files(), folder)
    }

    private fun refusal() = codeOf { BundleReader.open(root).verify() }

    /** Moves a file out of the bundle and gives its new place. */
    private fun moved(path: String): File = File(folder, "elsewhere").also { File(root, path).renameTo(it) }

    @Test
    fun `a symbolic link to the very file is refused`() {
        for (path in listOf("manifest.json", "labels/colours.txt")) {
            val file = moved(path)
            Paths.createSymbolicLink(File(root, path).toPath(), file.toPath())
            assertEquals("bundle/link", refusal())
            File(root, path).delete()
            file.renameTo(File(root, path))
        }
    }

    @Test
    fun `a second name of a file elsewhere is refused`() {
        Paths.createLink(File(folder, "other").toPath(), File(root, "labels/colours.txt").toPath())
        assertEquals("bundle/link", refusal())
    }

    @Test
    fun `a link to a folder, and one that leads nowhere, are refused`() {
        Paths.createSymbolicLink(File(root, "measurements").toPath(), folder.toPath())
        assertEquals("bundle/link", refusal())
        File(root, "measurements").delete()
        Paths.createSymbolicLink(File(root, "card.md").toPath(), File(folder, "nothing").toPath())
        assertEquals("bundle/link", refusal())
    }

    @Test
    fun `a pipe is refused and does not hang`() {
        moved("labels/colours.txt")
        assertEquals(0, ProcessBuilder("mkfifo", File(root, "labels/colours.txt").path).start().waitFor())
        assertEquals("bundle/not-a-file", refusal())
    }

    @Test
    fun `a link put there after opening is not followed`() {
        val reader = BundleReader.open(root)
        val file = moved("labels/colours.txt")
        Paths.createSymbolicLink(File(root, "labels/colours.txt").toPath(), file.toPath())
        assertEquals("bundle/link", codeOf { reader.read("labels/colours.txt") })
    }

    @Test
    fun `the folder itself may be reached by a link`() {
        val link = File(folder, "link")
        Paths.createSymbolicLink(link.toPath(), root.toPath())
        BundleReader.open(link).verify()
    }

    @Test
    fun `more files than a bundle holds are refused`() {
        val many = File(root, "measurements").also { it.mkdir() }
        repeat(4096) { File(many, "$it").createNewFile() }
        assertEquals("bundle/too-many-files", refusal())
    }
}
