"""What is served of our own scripts and styles means what is written: parsers that others wrote say so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from satchel_server.assets import Assets
from satchel_server.minified import minified

ROOT = Path(__file__).parents[2]
WEB_DEMO = ROOT / "web_demo"
COMPARE = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(`${process.argv[1]}/package.json`);
const espree = require("espree");
const places = new Set(["start", "end", "loc", "range", "raw"]);
const shown = (text) => JSON.stringify(
  espree.parse(text, { ecmaVersion: "latest", sourceType: "module" }),
  (key, value) => (places.has(key) ? undefined : typeof value === "bigint" ? `${value}n` : value));
const pairs = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(Object.keys(pairs).filter((url) => shown(pairs[url][0]) !== shown(pairs[url][1]))));
"""


def served(suffix: str) -> dict[str, tuple[str, str]]:
    """Gives URL -> what is written, and what is served."""
    assets = Assets()
    contents = {url: each for url, each in assets.contents().items() if url.endswith(suffix)}
    own = {url: each for url, each in contents.items() if not url.startswith("runtimes/")}
    return {url: ((WEB_DEMO / url).read_text(encoding="utf-8"), each.read().decode()) for url, each in own.items()}


def test_a_served_script_has_the_syntax_tree_of_the_one_that_is_written() -> None:
    pairs = served(".js")
    assert len(pairs) > 150
    asked = ["node", "--input-type=module", "--eval", COMPARE, str(WEB_DEMO)]
    done = subprocess.run(asked, input=json.dumps(pairs), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
    assert sum(len(short) for _, short in pairs.values()) < 0.7 * sum(len(whole) for whole, _ in pairs.values())


def test_a_script_with_a_template_within_a_template_stays_as_it_is() -> None:
    text = "const a = `${b ? `, ${c} d` : e}`; // said"
    assert minified("one.js", text) == text
    assert minified("one.js", "const a = `  ${b}  `; // said").strip() == "const a=`  ${b}  `;"


def test_a_served_style_has_the_rules_of_the_one_that_is_written() -> None:
    for url, (whole, short) in served(".css").items():
        assert whole.count("{") - whole.count("/* {") == short.count("{"), url
        assert len(short) < len(whole), url


def test_a_runtime_is_served_as_it_is() -> None:
    assets = Assets()
    url = next(each for each in assets.contents() if each.startswith("runtimes/") and each.endswith(".js"))
    found = assets.find(url)
    assert found is not None
    listed = json.loads((WEB_DEMO / "runtimes.json").read_text(encoding="utf-8"))
    (source,) = [
        WEB_DEMO / "node_modules" / file
        for name, runtime in listed.items()
        for place, file in runtime["files"].items()
        if url == f"runtimes/{name}/{place}"
    ]
    assert found.read() == source.read_bytes()
