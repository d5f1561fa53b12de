import org.jetbrains.kotlin.gradle.dsl.JvmTarget
import org.jetbrains.kotlin.gradle.tasks.KotlinJvmCompile

plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
}

android {
    namespace = "dev.satchel.app"
    compileSdk = libs.versions.compile.sdk.get().toInt()

    defaultConfig {
        applicationId = "dev.satchel.app"
        minSdk = libs.versions.min.sdk.get().toInt()
        targetSdk = libs.versions.target.sdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
        ndk {
            abiFilters += listOf("arm64-v8a", "x86_64")
        }
    }

    signingConfigs {
        // A public key: it proves nothing about who built the app.
        getByName("debug") {
            storeFile = file("debug.keystore")
            storePassword = "android"
            keyAlias = "androiddebugkey"
            keyPassword = "android"
        }
    }

    buildTypes {
        getByName("release") {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard-rules.pro")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }

    sourceSets {
        getByName("main") {
            // Bundles and photos, which `make android-assets` lays there.
            assets.srcDir("../../out/android/assets")
        }
        getByName("debug") {
            kotlin.srcDir("../satchel/src/vectors/kotlin")
        }
        getByName("test") {
            // Maven runs them: they are compiled against the whole framework, of which android.jar hides a part.
            kotlin.setSrcDirs(emptyList<String>())
            resources.setSrcDirs(emptyList<String>())
        }
    }

    androidResources {
        noCompress += "satchel"
    }
}

dependencies {
    implementation(project(":satchel"))
    implementation(libs.litert)
    implementation(libs.litert.gpu)
    implementation(libs.litert.gpu.api)
    implementation(libs.zxing)
}

tasks.withType(KotlinJvmCompile::class.java).configureEach {
    compilerOptions.jvmTarget.set(JvmTarget.JVM_11)
}

// What the debug build runs on a device, with the vectors' handlers, sees inside the library.
tasks.withType(KotlinJvmCompile::class.java).matching { it.name.startsWith("compileDebug") }.configureEach {
    friendPaths.from(project(":satchel").layout.buildDirectory.file("libs/satchel-0.1.0.jar"))
    friendPaths.from(project(":satchel").layout.buildDirectory.dir("classes/kotlin/main"))
}
