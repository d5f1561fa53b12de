# Satchel. `make demo` shows it, `make test` tries all of it; both do their own set-up and ask nothing.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
OUT ?= out/efficientnet-lite0.satchel
N ?= 2
BIN := .venv/bin
UV_VERSION := 0.13.9
APK := out/android/satchel-debug.apk
ZOO := iris sensor-series ssd-mobilenet-v2 selfie-segmenter mnist-lenet5
PY_SOURCES := $(shell find sdk converters metadata -name '*.py' -o -name '*.txt' -path '*/labels/*' 2>/dev/null)

.PHONY: help setup demo studio demo-bundle zoo-bundles samples test test-all test-web test-kotlin test-android test-device android android-assets camera-frames decoded-photos screenshots screenshots-studio kotlin check format lock schema vectors parity browser benchmarks clean

help:  ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/.ready  ## .venv with everything pinned

.venv/.ready: requirements.txt pyproject.toml setup.py metadata/satchel_metadata/ops/weighing.c metadata/satchel_metadata/entropy.c
	@echo "Satchel: making .venv (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Install Python's venv module: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install -q --python $(BIN)/python -r requirements.txt
	@bash scripts/compiler.sh
	@$(BIN)/uv pip install -q --python $(BIN)/python --reinstall --no-deps -e .
	@touch $@

web_demo/node_modules/.ready: web_demo/package-lock.json web_demo/package.json
	@command -v npm >/dev/null || { echo "Install Node.js 20 with npm"; exit 1; }
	@echo "Satchel: fetching the browser runtimes"
	@cd web_demo && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

demo: setup web_demo/node_modules/.ready  ## Packs EfficientNet-Lite0 and serves the browser demo
	@$(MAKE) --no-print-directory $(OUT) samples
	@$(BIN)/satchel inspect --table $(OUT)
	@$(BIN)/satchel serve --samples out/samples $(OUT) $(wildcard out/zoo/*.satchel)

studio: setup web_demo/node_modules/.ready  ## Packs every model of the demo (some minutes the first time) and serves them all
	@$(MAKE) --no-print-directory $(OUT) samples
	@$(MAKE) --no-print-directory zoo-bundles ZOO="$(ZOO) centernet"
	@$(BIN)/satchel serve --samples out/samples $(OUT) $(addprefix out/zoo/,$(addsuffix .satchel,$(ZOO) centernet))

demo-bundle: setup  ## Packs the demo model: make demo-bundle OUT=FILE.satchel
	@$(MAKE) --no-print-directory $(OUT)
	@$(BIN)/satchel inspect --table $(OUT)

$(OUT): .venv/.ready $(PY_SOURCES)
	@mkdir -p $(dir $(OUT))
	@$(BIN)/python scripts/demo.py pack $@

zoo-bundles: setup
	@$(BIN)/python scripts/zoo.py out/zoo $(ZOO)

samples: setup
	@$(BIN)/python scripts/demo.py samples out/samples

browser: setup
	@bash scripts/browser.sh

check: setup web_demo/node_modules/.ready  ## The linters and type checkers that CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m satchel_metadata.make_schema --check
	$(BIN)/python metadata/vectors/generate.py --check
	cd web_demo && npm run --silent check

test: check browser demo-bundle test-web test-kotlin test-android  ## Everything but what is long
	$(BIN)/python -m pytest -m "not long" -n $(N) --dist loadfile

test-web: web_demo/node_modules/.ready
	node --test tests/web/*.test.js

test-kotlin: $(OUT) zoo-bundles  ## The Kotlin library: its linters, vectors, unit tests, and packed models on the JVM
	@bash scripts/kotlin.sh -P lint test -Dsatchel.bundles=$(abspath $(OUT))$(subst $() ,,$(ZOO:%=:$(CURDIR)/out/zoo/%.satchel))

android: android-assets  ## The app: a signed debug APK, made without an Android SDK
	@bash scripts/android_tools.sh
	@bash scripts/kotlin.sh app process-classes
	@$(BIN)/python scripts/android.py apk $(APK)

android-assets: $(OUT) zoo-bundles samples
	@$(BIN)/python scripts/android.py assets $(OUT) out/zoo/ssd-mobilenet-v2.satchel out/zoo/selfie-segmenter.satchel out/samples/*.png out/samples/*.jpg
	@$(BIN)/python scripts/photo_answers.py out/android/answers.json out/android/assets/bundles/*.satchel -- out/android/assets/samples/*

test-android: android-assets camera-frames decoded-photos  ## The app: its linters, its tests under Robolectric, its APK made twice, the Gradle build's scripts
	@bash scripts/android_tools.sh
	@bash scripts/kotlin.sh app -P lint-app test -Dsatchel.bundles=$(abspath $(OUT))$(subst $() ,,$(ZOO:%=:$(CURDIR)/out/zoo/%.satchel))
	@$(BIN)/python scripts/android.py apk $(APK)
	@$(BIN)/python scripts/android.py again $(APK)
	@$(BIN)/python scripts/android_gradle.py

screenshots: android-assets camera-frames samples zoo-bundles browser  ## The app's screens and every page of the browser: out/screenshots/index.html
	@bash scripts/kotlin.sh app test -Dtest='ScreenshotsTest,LiveScreenTest,OverlayTest'
	@$(BIN)/python scripts/screenshots.py out/screenshots $(OUT) $(ZOO:%=out/zoo/%.satchel)
	@cp out/screenshots/studio/studio.png docs/images/studio.png

screenshots-studio: android-assets samples zoo-bundles browser  ## Every page of the browser alone: out/screenshots/studio, and the README's picture of them
	@$(BIN)/python scripts/screenshots_studio.py out/screenshots/studio $(OUT) $(ZOO:%=out/zoo/%.satchel)
	@cp out/screenshots/studio/studio.png docs/images/studio.png

decoded-photos: setup
	@$(BIN)/python tests/android/decoded_photos.py out/android/photos

camera-frames: $(OUT) zoo-bundles
	@$(BIN)/python scripts/camera_frames.py out/android/frames $(OUT) out/zoo/ssd-mobilenet-v2.satchel out/zoo/selfie-segmenter.satchel

test-device: setup  ## The vectors and packed models on a phone or an emulator, over adb; skipped where there is none (REQUIRE_DEVICE=1: an error)
	@! $(BIN)/python scripts/device.py || $(MAKE) --no-print-directory android $(OUT) zoo-bundles
	@$(BIN)/satchel check --android --vectors metadata/vectors --report out/device/report.jsonl $(CHECK) $(OUT) $(ZOO:%=out/zoo/%.satchel)

kotlin:
	@bash scripts/kotlin.sh process-test-classes

parity: setup kotlin  ## Random cases in Python, Node, Kotlin and the named libraries: make parity N=10000
	@$(BIN)/python tests/parity/search.py --count $(if $(filter file,$(origin N)),10000,$(N)) $(if $(SEED),--seed $(SEED))

test-all: ZOO += efficientnet-lite1 efficientnet-lite2 centernet
test-all: check browser demo-bundle test-web test-kotlin test-android  ## Everything, with outside clients and the larger models
	$(BIN)/python -m pytest -n $(N) --dist loadfile

format: setup  ## Lays the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup  ## Pins every dependency anew
	$(BIN)/uv pip compile -q --all-extras --python-version 3.11 --no-header --no-annotate pyproject.toml -o requirements.txt

schema: setup  ## Writes the JSON Schemas anew
	$(BIN)/python -m satchel_metadata.make_schema

vectors: setup  ## Writes the golden vectors anew
	$(BIN)/python metadata/vectors/generate.py

clean:  ## Removes what was built; keeps .venv
	rm -rf out build dist android_demo/*/target .mypy_cache .ruff_cache .pytest_cache
