"""Looks for differences: random cases, run in Python, in JavaScript and by the library that the op is named after.

    python tests/parity/search.py --count 10000 --seed 1

A difference is made smaller before it is told, parameter by parameter, as long as it stays one.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import sys
import time
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for folder in ("metadata/vectors", "metadata", "converters", "sdk", "tests"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

from generators.base import packed  # noqa: E402  (found through the paths above)

from parity.families import Family, Parameters, families  # noqa: E402
from parity.node import Node  # noqa: E402
from satchel_metadata.errors import SatchelError  # noqa: E402
from vectors.cases import difference, unpacked  # noqa: E402
from vectors.handlers import handlers  # noqa: E402


class Search:
    """Runs cases on both sides of a pipe."""

    def __init__(self, node: Node) -> None:
        self._node, self._handlers = node, handlers()
        self.refused: collections.Counter[str] = collections.Counter()

    def complaint(self, family: Family, parameters: Parameters) -> str | None:
        """Gives where the languages differ, or where Python and the library do, in words; None where all agree."""
        drawn = family.build(parameters)
        theirs = self._node.run(drawn.op, packed(drawn.case))
        try:
            ours = self._handlers[drawn.op](drawn.case, {})
        except SatchelError as error:
            self.refused[error.code] += 1
            if theirs.get("code") != error.code or theirs.get("where") != error.where:
                return f"Python refuses with {error.code} at {error.where}, JavaScript: {_short(theirs)}"
            return f"refused with {error.code}, which the library does not" if drawn.library else None
        if "found" not in theirs:
            return f"Python answers, JavaScript: {_short(theirs)}"
        between = difference(ours, unpacked(theirs["found"]), drawn.languages)
        if between:
            return f"JavaScript is what was expected, Python what was found: {between}"
        apart = difference(ours, drawn.library(), drawn.tolerance) if drawn.library else None
        return f"the library is what was expected: {apart}" if apart else None

    def smaller(self, family: Family, parameters: Parameters) -> Parameters:
        """Gives parameters as small as can be with which there still is a difference."""
        found = True
        while found:
            found = False
            for name, least in family.least.items():
                for value in _between(least, parameters[name]):
                    tried = {**parameters, name: value}
                    if self.complaint(family, tried):
                        parameters, found = tried, True
                        break
        return parameters


def _between(least: int, value: int) -> list[int]:
    """Gives smaller values, the smallest first."""
    steps = [value - (value - least) // 2**power for power in range(16)]
    return sorted({each for each in (*steps, value - 1) if least <= each < value})


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 600 else f"{text[:597]}..."


def search(count: int, seed: int) -> tuple[collections.Counter[str], collections.Counter[str], list[str]]:
    """Gives the cases by family, refusals by code, and the differences: at most three of a family."""
    rng, kinds = random.Random(seed), families()
    counts: collections.Counter[str] = collections.Counter()
    wrong: dict[str, list[str]] = collections.defaultdict(list)
    with Node() as node:
        runner = Search(node)
        for family in rng.choices(kinds, [each.weight for each in kinds], k=count):
            parameters = family.draw(rng)
            counts[family.name] += 1
            if len(wrong[family.name]) < 3 and runner.complaint(family, parameters):
                least = runner.smaller(family, parameters)
                wrong[family.name].append(f"{family.name} {json.dumps(least)}: {runner.complaint(family, least)}")
    return counts, runner.refused, [each for found in wrong.values() for each in found]


def main() -> None:
    """Searches, tells the counts, and fails when there are differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=None, help="the present time, when it is not given")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 10**9
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("error")
    started = time.perf_counter()
    counts, refused, wrong = search(options.count, seed)
    for name, number in sorted(counts.items()):
        print(f"{name:24}{number:7}")
    told = ", ".join(f"{code} {number}" for code, number in sorted(refused.items()))
    print(
        f"{'together':24}{sum(counts.values()):7}  seed {seed}, {time.perf_counter() - started:.0f} s; refused: {told}"
    )
    for each in wrong:
        print(f"DIFFERENT: {each}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
