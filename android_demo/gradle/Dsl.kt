// What Gradle's Kotlin DSL and the plugins' accessors add to a script, in name and type: the scripts are compiled with it, never run.
@file:Suppress("UNUSED_PARAMETER", "UnusedReceiverParameter")

package scripts

import com.android.build.api.dsl.ApplicationExtension
import org.gradle.api.Project
import org.gradle.api.artifacts.Dependency
import org.gradle.api.artifacts.dsl.DependencyHandler
import org.gradle.api.plugins.JavaPluginExtension
import org.gradle.api.provider.Provider
import org.gradle.api.tasks.SourceSetContainer
import org.gradle.plugin.use.PluginDependency
import org.jetbrains.kotlin.gradle.dsl.KotlinJvmExtension

class PluginsScope {
    fun alias(plugin: Provider<PluginDependency>): PluginSpec = throw NotImplementedError()
}

class PluginSpec {
    infix fun apply(now: Boolean): PluginSpec = this
}

fun Project.plugins(block: PluginsScope.() -> Unit) = Unit

fun Project.android(block: ApplicationExtension.() -> Unit) = Unit

fun Project.kotlin(block: KotlinJvmExtension.() -> Unit) = Unit

fun Project.java(block: JavaPluginExtension.() -> Unit) = Unit

val Project.sourceSets: SourceSetContainer get() = throw NotImplementedError()

fun Project.dependencies(block: DependencyHandler.() -> Unit) = Unit

fun DependencyHandler.project(path: String): Dependency = throw NotImplementedError()

fun DependencyHandler.implementation(dependency: Any): Dependency? = null

fun DependencyHandler.testImplementation(dependency: Any): Dependency? = null

fun DependencyHandler.testRuntimeOnly(dependency: Any): Dependency? = null
