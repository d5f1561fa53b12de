package dev.satchel.app.engines

import dev.satchel.Bundle
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test
import java.io.File

/** The engine that the library's README shows is one that compiles and is right. */
class ReadmeTest {
    @Test
    fun `the engine of the README is the one that is tested here`() {
        val own = File(ROOT, "android_demo/app/src/test/kotlin/dev/satchel/app/engines/TfLiteEngine.kt").readText()
        val shown = File(ROOT, "android_demo/satchel/README.md").readText()
        assertTrue("```kotlin\n${own.substring(own.indexOf("class TfLiteEngine"))}```" in shown)
    }

    @Test
    fun `the engine of the README gives the golden answers`() {
        assumeTrue("this machine cannot load the phone's interpreter: android_demo/desktop/target/reason", TestEngines.isPhone)
        Bundle.open(zoo("iris")).use { bundle ->
            for (artefact in bundle.artefacts.keys) {
                bundle.load(artefact) { TfLiteEngine(it) }
                assertTrue(artefact, bundle.check().pass)
            }
        }
    }
}
