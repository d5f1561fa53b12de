"""What the server gives: the right bytes, with the right type, cached by hash."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import BundleError, EnvironmentProblem
from satchel_server import assets, create_app
from satchel_server.compressed import Compressor
from satchel_server.minified import minified

from .conftest import HOST, MODEL, PIXELS, write_small

WEB_DEMO = Path(__file__).parents[2] / "web_demo"


@pytest.mark.parametrize(
    ("url", "source", "kind"),
    [
        ("/pages/page.js", "pages/page.js", "text/javascript; charset=utf-8"),
        ("/pages/styles/base.css", "pages/styles/base.css", "text/css; charset=utf-8"),
        ("/pages/icon.svg", "pages/icon.svg", "image/svg+xml"),
        ("/lib/client.js", "lib/client.js", "text/javascript; charset=utf-8"),
        ("/lib/worker.js", "lib/worker.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_file_of_the_demo_has_its_bytes_and_its_type(client: FlaskClient, url: str, source: str, kind: str) -> None:
    answer = client.get(url, **HOST)
    text = (WEB_DEMO / source).read_text(encoding="utf-8")
    served = text if source.endswith(".svg") else minified(source, text)
    assert (answer.status_code, answer.text) == (200, served)
    assert answer.headers["Content-Type"] == kind


@pytest.mark.parametrize(("url", "page"), [("/", "gallery"), ("/phone", "phone"), ("/photo/any", "photo")])
def test_a_page_is_its_template_in_the_common_frame(client: FlaskClient, url: str, page: str) -> None:
    answer = client.get(url, **HOST)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'<body data-page="{page}">' in answer.text
    assert f'src="/pages/{page}.js"' in answer.text


@pytest.mark.parametrize("url", ["/photo", "/photo/", "/frame/any", "/pages/photo.html", "/pages/frame.html"])
def test_a_template_is_no_page(client: FlaskClient, url: str) -> None:
    assert client.get(url, **HOST).status_code == 404


def test_every_runtime_listed_is_served_as_script_or_wasm(client: FlaskClient) -> None:
    listed = json.loads((WEB_DEMO / "runtimes.json").read_text())
    urls = [f"/runtimes/{name}/{url}" for name, runtime in listed.items() for url in runtime["files"]]
    types = {
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".wasm": "application/wasm",
    }
    found = {url: client.get(url, **HOST) for url in urls}
    assert {url: answer.status_code for url, answer in found.items()} == dict.fromkeys(urls, 200)
    assert {url: answer.headers["Content-Type"] for url, answer in found.items()} == {
        url: types[Path(url).suffix] for url in urls
    }


def test_a_file_added_to_the_checkout_is_served_at_once(
    small: Path, compressor: Compressor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lib", "pages", "node_modules"):
        (tmp_path / name).mkdir()
    (tmp_path / "runtimes.json").write_text("{}")
    monkeypatch.setattr(assets, "_CHECKOUT", tmp_path)
    client = create_app([small], compressor=compressor).test_client()
    assert client.get("/lib/new.js", **HOST).status_code == 404
    (tmp_path / "lib" / "new.js").write_text("export {};")
    assert client.get("/lib/new.js", **HOST).data == b"export{};"


def test_a_checkout_without_its_node_packages_says_how_to_get_them(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runtimes.json").write_text('{"litert": {"files": {"litert.wasm": "@litertjs/core/litert.wasm"}}}')
    monkeypatch.setattr(assets, "_CHECKOUT", tmp_path)
    with pytest.raises(EnvironmentProblem) as refused:
        create_app([small])
    assert (refused.value.code, refused.value.hint) == ("env/missing-runtimes", f"Run `npm ci` in {tmp_path}.")


def test_the_list_of_bundles_names_each_with_its_digest(client: FlaskClient, small: Path) -> None:
    reader = BundleReader.open(small)
    digest = reader.digest
    assert client.get("/bundles", **HOST).json == [
        {
            "id": "small-model",
            "name": "Small Model",
            "task": "image_classification",
            "description": "",
            "given": "photo",
            "digest": digest,
            "bytes": sum(file.bytes for file in reader.manifest.files),
            "variants": [{"artefact": "float32/tflite", "bytes": len(MODEL)}],
            "thumbnail": f"/thumbnails/small-model@{digest}",
            "url": f"/bundles/small-model@{digest}/",
            "report": f"/bundles/small-model@{digest}/measurements/report.html",
            "samples": [f"small-model-{case}.png" for case in ("one", "two", "three")],
            "file": "/bundles/small-model.satchel",
            "phone": None,
        }
    ]


def test_every_file_of_the_manifest_is_served_by_its_hash(client: FlaskClient, small: Path) -> None:
    manifest = BundleReader.open(small).manifest
    for file in manifest.files:
        answer = client.get(f"/bundles/small-model/{file.path}", **HOST)
        assert (answer.status_code, hashlib.sha256(answer.data).hexdigest()) == (200, file.sha256)
        assert answer.headers["ETag"] == f'"{file.sha256}"'


def test_a_url_that_names_the_digest_is_kept_for_good(client: FlaskClient, small: Path) -> None:
    digest = BundleReader.open(small).digest
    kept = client.get(f"/bundles/small-model@{digest}/variants/float32/model.tflite", **HOST)
    asked = client.get("/bundles/small-model/variants/float32/model.tflite", **HOST)
    assert (kept.data, kept.headers["Cache-Control"]) == (MODEL, "public, max-age=31536000, immutable")
    assert (asked.data, asked.headers["Cache-Control"]) == (MODEL, "no-cache")


def test_what_the_digest_does_not_settle_is_asked_for_again(client: FlaskClient, small: Path) -> None:
    digest = BundleReader.open(small).digest
    report = client.get(f"/bundles/small-model@{digest}/measurements/report.html", **HOST)
    assert (report.status_code, report.headers["Cache-Control"]) == (200, "no-cache")


def test_another_digest_finds_nothing(client: FlaskClient) -> None:
    assert client.get(f"/bundles/small-model@{'0' * 64}/manifest.json", **HOST).status_code == 404


def test_a_browser_that_has_the_bytes_gets_none(client: FlaskClient) -> None:
    first = client.get("/lib/client.js", **HOST)
    again = client.get("/lib/client.js", headers={"If-None-Match": first.headers["ETag"]}, **HOST)
    assert (again.status_code, again.data) == (304, b"")


def test_a_proxy_may_have_made_the_tag_a_weak_one(client: FlaskClient) -> None:
    tag = client.get("/lib/client.js", **HOST).headers["ETag"]
    asked = [f"W/{tag}", f'"other", W/{tag}', 'W/"other"']
    found = [client.get("/lib/client.js", headers={"If-None-Match": each}, **HOST).status_code for each in asked]
    assert found == [304, 304, 200]


def test_head_gives_headers_and_no_body(client: FlaskClient) -> None:
    whole, head = client.get("/lib/client.js", **HOST), client.head("/lib/client.js", **HOST)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(whole.data)))


@pytest.mark.parametrize(
    "url",
    ["/nothing", "/lib/", "/lib", "/pages/", "/bundles/", "/bundles/small-model/", "/bundles/other/manifest.json"],
)
def test_what_is_not_there_is_404_and_lists_nothing(client: FlaskClient, url: str) -> None:
    assert client.get(url, **HOST).status_code == 404


def test_bundles_of_one_name_get_urls_of_their_own(tmp_path: Path, compressor: Compressor) -> None:
    for out in (tmp_path / "a.satchel", tmp_path / "b"):
        write_small(out)
    app = create_app([tmp_path / "a.satchel", tmp_path / "b"], compressor=compressor)
    listed = app.test_client().get("/bundles", **HOST).json
    assert [each["id"] for each in listed] == ["small-model", "small-model-2"]


def test_a_name_without_letters_still_has_a_url(tmp_path: Path, compressor: Compressor) -> None:
    write_small(tmp_path / "odd.satchel", name="../\u202e<script>")
    app = create_app([tmp_path / "odd.satchel"], compressor=compressor)
    assert [each["id"] for each in app.test_client().get("/bundles", **HOST).json] == ["script"]


def test_a_byte_changed_after_opening_is_a_problem_with_a_code(tmp_path: Path, compressor: Compressor) -> None:
    write_small(tmp_path / "changed")
    app = create_app([tmp_path / "changed"], compressor=compressor)
    model = tmp_path / "changed" / "variants" / "float32" / "model.tflite"
    model.write_bytes(MODEL[:-1] + b"!")
    answer = app.test_client().get("/bundles/small-model/variants/float32/model.tflite", **HOST)
    assert (answer.status_code, answer.json["code"]) == (422, "bundle/changed-file")
    assert "model.tflite" in answer.json["message"]


def test_serving_no_bundle_is_refused() -> None:
    with pytest.raises(BundleError) as refused:
        create_app([])
    assert refused.value.code == "bundle/none-given"


def _samples(client: FlaskClient) -> list[list[str]]:
    """Gives the names of the samples of every bundle."""
    return [each["samples"] for each in client.get("/bundles", **HOST).json]


def test_a_bundle_that_is_packed_anew_is_served_anew_and_one_that_is_none_not(
    tmp_path: Path, compressor: Compressor
) -> None:
    path, other = tmp_path / "one.satchel", tmp_path / "other.satchel"
    write_small(path)
    client = create_app([path], compressor=compressor).test_client()
    before = client.get("/bundles", **HOST).json[0]
    write_small(other, "Other Model")
    other.replace(path)
    after = client.get("/bundles", **HOST).json[0]
    assert (after["id"], after["name"]) == (before["id"], "Other Model")
    assert after["digest"] == BundleReader.open(path).digest != before["digest"]
    assert client.get(f"{after['url']}manifest.json", **HOST).status_code == 200
    assert client.get(f"{before['url']}manifest.json", **HOST).status_code == 404
    path.write_bytes(b"not whole yet")
    assert client.get("/bundles", **HOST).json[0]["digest"] == after["digest"]


def test_golden_inputs_are_the_samples_where_there_is_no_folder(client: FlaskClient) -> None:
    assert _samples(client) == [[f"small-model-{case}.png" for case in ("one", "two", "three")]]
    picture = Image.open(io.BytesIO(client.get("/samples/small-model-one.png", **HOST).data))
    np.testing.assert_array_equal(np.asarray(picture), PIXELS)


def test_a_folder_gives_its_photos_as_samples(small: Path, tmp_path: Path, compressor: Compressor) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(PIXELS).save(folder / "a b.png")
    for name in ("notes.txt", ".hidden.png", "page.html"):
        (folder / name).write_bytes(b"<p>")
    client = create_app([small], samples=folder, compressor=compressor).test_client()
    assert _samples(client) == [["a b.png"]]
    photo = client.get("/samples/a%20b.png", **HOST)
    assert (photo.data, photo.headers["Content-Type"]) == ((folder / "a b.png").read_bytes(), "image/png")
    assert client.get("/samples/notes.txt", **HOST).status_code == 404
