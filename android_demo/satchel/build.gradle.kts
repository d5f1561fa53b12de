import org.jetbrains.kotlin.gradle.dsl.JvmTarget
import org.jetbrains.kotlin.gradle.tasks.KotlinJvmCompile

plugins {
    alias(libs.plugins.kotlin.jvm)
}

group = "dev.satchel"
version = "0.1.0"

dependencies {
    testImplementation(libs.junit.jupiter)
    testImplementation(libs.tflite)
    testRuntimeOnly(variantOf(libs.tflite) { classifier("linux-x86_64") })
    testRuntimeOnly(variantOf(libs.javacpp) { classifier("linux-x86_64") })
}

kotlin {
    explicitApi()
}

java {
    sourceCompatibility = JavaVersion.VERSION_1_8
    targetCompatibility = JavaVersion.VERSION_1_8
}

// Android 8.0 (API 26) has the class library of Java 8.
tasks.named("compileKotlin", KotlinJvmCompile::class.java) {
    compilerOptions {
        jvmTarget.set(JvmTarget.JVM_1_8)
        freeCompilerArgs.addAll("-Xjdk-release=1.8", "-Xconsistent-data-class-copy-visibility")
        allWarningsAsErrors.set(true)
    }
}

tasks.named("compileTestKotlin", KotlinJvmCompile::class.java) {
    compilerOptions.jvmTarget.set(JvmTarget.JVM_17)
}

// The handlers of the vectors stand apart, for they also run on phones: the app's debug build has them too.
sourceSets.named("test") {
    java.srcDir("src/vectors/kotlin")
}

tasks.withType(Test::class.java).configureEach {
    useJUnitPlatform()
    systemProperty("satchel.vectors", rootDir.resolve("../metadata/vectors").path)
}
