"""What a visitor sees and does: the proof, the picture the model saw, the keyboard, the phone, paste and drop."""

from __future__ import annotations

import base64
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

import satchel
from satchel_metadata.bundle import BundleReader
from satchel_server import Listening, listen

from .conftest import Visit, visiting
from .rebuilding import rebuild

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
NARROW = {"viewport": {"width": 360, "height": 640}}


def test_the_golden_check_is_shown_and_passes_in_every_artefact_offered(visit: Visit, demo_bundle: Path) -> None:
    cases = len(BundleReader.open(demo_bundle).golden().cases)
    visit.open()
    for runtime in ("LiteRT.js", "TF.js"):
        for variant in _offered(visit.page, "variant"):
            if not visit.page.is_checked(f"#variant-{variant}"):
                visit.choose("variant", variant)
            if runtime not in _offered(visit.page, "runtime"):
                continue
            if not visit.page.is_checked(f"input[value='{runtime}']"):
                visit.choose("runtime", runtime)
            shown = visit.page.inner_text("#proof-line")
            assert shown.startswith(f"The answers here are the bundle's: {cases} of {cases} golden cases"), (
                variant,
                shown,
            )
            assert visit.page.get_attribute("#seal", "data-state") == "good"


def test_int8_golden_outputs_are_identical_to_the_bit(visit: Visit) -> None:
    visit.open()
    assert visit.page.is_checked("#variant-int8")
    assert visit.page.inner_text("#proof-line").endswith("identical to the bit.")
    cells = visit.page.locator("#proof-table td").all_inner_texts()
    assert set(cells) == {"identical", "same"}


def test_the_check_can_be_run_again(visit: Visit) -> None:
    visit.open()
    visit.page.evaluate("document.querySelector('#proof-table').replaceChildren()")
    visit.page.click("#check")
    visit.page.wait_for_selector("#proof-table table")


def test_dynamic_range_is_shown_with_the_reason_and_cannot_be_chosen(visit: Visit) -> None:
    visit.open()
    assert visit.page.is_disabled("#variant-dynamic_range")
    assert "dynamic_range is for Python and phones" in visit.page.inner_text("#choice-note")


def test_the_page_tells_name_digest_and_download(visit: Visit, demo_bundle: Path) -> None:
    reader = BundleReader.open(demo_bundle)
    visit.open()
    assert visit.page.inner_text("#model-name") == reader.spec.name
    assert visit.page.get_attribute("#facts code", "title") == reader.digest
    stored = reader.artefact("int8/tflite").stored_bytes
    assert f"{stored / 1e6:.1f} MB for int8" in visit.page.inner_text("#facts")


def test_the_bundle_is_chosen_when_there_are_several(
    browser: Browser, demo_bundle: Path, sample_photos: dict[str, Path], tmp_path: Path
) -> None:
    other = rebuild(demo_bundle, tmp_path / "other.satchel", variants=("int8",), name="Another model")
    with listen([demo_bundle, other], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        visit.page.select_option("#bundle", label="Another model")
        visit.page.wait_for_selector("#model-name:text('Another model')")
        visit.page.wait_for_selector("#seal[data-state=good]")
        assert visit.page.text_content("#best-label") == "espresso"
        assert _offered(visit.page, "variant") == ["int8"]
    assert visit.complaints == []


def test_bundles_of_one_name_are_told_apart_by_their_digests(
    browser: Browser, demo_bundle: Path, tmp_path: Path
) -> None:
    twins = [rebuild(demo_bundle, tmp_path / f"{k}.satchel", variants=("int8",), top_k=k, name="Twin") for k in (2, 3)]
    digests = [BundleReader.open(each).digest for each in twins]
    with listen([*twins, demo_bundle], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        names = visit.page.locator("#bundle option").all_inner_texts()
        twin_names = [f"Twin · {digest[:8]}\u2009{digest[8:16]}" for digest in digests]
        assert names == [*twin_names, BundleReader.open(demo_bundle).spec.name]
        visit.page.select_option("#bundle", label=names[1])
        visit.page.wait_for_selector(f"#facts code[title='{digests[1]}']")
    assert visit.complaints == []


def test_a_bundle_that_no_browser_runs_is_shown_as_itself(browser: Browser, demo_bundle: Path, tmp_path: Path) -> None:
    other = rebuild(demo_bundle, tmp_path / "phone.satchel", variants=("dynamic_range",), name="For phones")
    with listen([demo_bundle, other], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        visit.page.select_option("#bundle", label="For phones")
        visit.page.wait_for_selector("#model-name:text('For phones')")
        assert visit.page.inner_text("#trouble .notice-code") == "model/not-runnable"
        assert "none of this bundle's variants runs in a browser: it holds dynamic_range" in visit.page.inner_text(
            "#trouble"
        )
        assert "float32 or int8" in visit.page.inner_text("#trouble")
        assert _offered(visit.page, "variant") == _offered(visit.page, "runtime") == []
    assert visit.complaints == []


def test_the_report_opens_in_a_sandbox_where_a_bundle_has_one(
    browser: Browser, demo_bundle: Path, tmp_path: Path
) -> None:
    reader = BundleReader.open(demo_bundle)
    folder = tmp_path / "with report"
    with zipfile.ZipFile(demo_bundle) as file:
        file.extractall(folder)
    (folder / "measurements" / "report.html").write_text(satchel.open(demo_bundle).report(), encoding="utf-8")
    without = rebuild(demo_bundle, tmp_path / "without.satchel", variants=("int8",), name="Without")
    with listen([folder, without], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        with visit.page.context.expect_page() as opening:
            visit.page.click("#report-link")
        report = opening.value
        assert report.inner_text("h1").startswith(reader.spec.name)
        assert report.evaluate("self.origin") == "null"
        assert report.locator("img").first.evaluate("(image) => image.naturalWidth") == 224
        visit.page.select_option("#bundle", label="Without")
        visit.page.wait_for_selector("#model-name:text('Without')")
        assert visit.page.is_hidden("#report-link")
    assert visit.complaints == []


def test_the_picture_shown_is_the_one_the_model_saw(visit: Visit, sample_photos: dict[str, Path]) -> None:
    visit.open()
    visit.show(sample_photos["coffee"])
    photo = Image.open(sample_photos["coffee"]).convert("RGB")
    side = round(photo.width * 256 / photo.height)
    resized = photo.resize((side, 256), Image.Resampling.BICUBIC)
    left = round((side - 224) / 2)
    expected = np.asarray(resized.crop((left, 16, left + 224, 240)))
    pixels = visit.page.evaluate(
        "(() => { const c = document.querySelector('#seen');"
        " return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; })()"
    )
    np.testing.assert_array_equal(np.array(pixels, np.uint8).reshape(224, 224, 4)[..., :3], expected)


def test_the_times_of_the_stages_are_shown_and_add_up(visit: Visit, sample_photos: dict[str, Path]) -> None:
    visit.open()
    visit.show(sample_photos["chelsea"])
    names = visit.page.locator("#times-list dt").all_inner_texts()
    stages = [float(each.removesuffix(" ms")) for each in visit.page.locator("#times-list dd").all_inner_texts()]
    total = float(visit.page.inner_text("#total").removesuffix(" ms"))
    assert names == ["Decode", "Prepare", "Infer", "Read"]
    assert 0 < sum(stages) <= total + 1.5


def test_a_sample_is_picked_and_a_photo_answered_with_the_keyboard_alone(visit: Visit) -> None:
    visit.open()
    page = visit.page
    _tab_to(page, "document.activeElement.className === 'sample' && document.activeElement.title === 'coffee'")
    assert _focus_is_visible(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer[data-state=result]")
    assert page.text_content("#best-label") == "espresso"
    _tab_to(page, "document.activeElement.name === 'variant'")
    page.keyboard.press("ArrowUp")
    visit.checked_after("int8/tflite")
    assert page.evaluate("document.activeElement.name") == "variant"
    assert not page.is_checked("#variant-int8")
    _tab_to(page, "document.activeElement.id === 'check'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#seal[data-state=good]")


def test_everything_that_can_be_used_is_reached_by_tab_and_shows_it(visit: Visit) -> None:
    visit.open()
    wanted = {"file", "check", "seal", "copy", "variant", "runtime", "sample"}
    reached = set()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        reached |= set(
            visit.page.evaluate(
                "[document.activeElement.id, document.activeElement.className, document.activeElement.name]"
            )
        )
        assert _focus_is_visible(visit.page)
    assert wanted <= reached


def test_the_answer_is_announced(visit: Visit, sample_photos: dict[str, Path]) -> None:
    visit.open()
    visit.show(sample_photos["coffee"])
    assert re.fullmatch(r"espresso, \d+\.\d %", visit.page.inner_text("#announcement[role=status]"))


@pytest.mark.parametrize("context", [PHONE, NARROW], ids=["390", "360"])
def test_a_phone_shows_everything_without_scrolling_sideways(
    browser: Browser, served: Listening, sample_photos: dict[str, Path], context: dict[str, object]
) -> None:
    with visiting(browser, served.url, **context) as visit:
        visit.open()
        visit.show(sample_photos["chelsea"])
        width = visit.page.viewport_size["width"]  # type: ignore[index]
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        edges = visit.page.locator("main :visible").evaluate_all(
            "(all) => all.map((e) => e.getBoundingClientRect().right)"
        )
        assert max(edges) <= width
    assert visit.complaints == []


def test_a_photo_can_be_pasted(visit: Visit, sample_photos: dict[str, Path]) -> None:
    visit.open()
    visit.page.evaluate(
        _GIVE.replace("EVENT", "new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })"),
        _b64(sample_photos["coffee"]),
    )
    visit.page.wait_for_selector("#answer[data-state=result]")
    assert visit.page.text_content("#best-label") == "espresso"


def test_a_photo_can_be_dropped(visit: Visit, sample_photos: dict[str, Path]) -> None:
    visit.open()
    visit.page.evaluate(
        _GIVE.replace("EVENT", "new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })"),
        _b64(sample_photos["orange"]),
    )
    visit.page.wait_for_selector("#answer[data-state=result]")
    assert visit.page.text_content("#best-label") == "orange"


_GIVE = """(data) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "given.png", { type: "image/png" }));
  document.body.dispatchEvent(EVENT);
}"""


def _b64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _offered(page: Page, group: str) -> list[str]:
    return page.locator(f"input[name={group}]:enabled").evaluate_all("(all) => all.map((each) => each.value)")


def _tab_to(page: Page, condition: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"60 times Tab did not reach {condition}")


def _focus_is_visible(page: Page) -> bool:
    """Whether the focused element, the box it stands for or the label beside it has an outline."""
    return bool(
        page.evaluate(
            "(() => { const e = document.activeElement;"
            " const drawn = (x) => x && getComputedStyle(x).outlineStyle !== 'none';"
            " return e === document.body || drawn(e) || drawn(e.nextElementSibling) || drawn(e.closest('.stage')); })()"
        )
    )
