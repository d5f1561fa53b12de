"""Looks for differences: random cases, run in Python, JavaScript, Kotlin and by the library that the op is named after.

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
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
for folder in ("metadata/vectors", "metadata", "converters", "sdk", "tests"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

from generators.base import packed  # noqa: E402  (found through the paths above)

from parity.families import Family, Parameters, families  # noqa: E402
from parity.peers import Peer, kotlin, node  # noqa: E402
from satchel_metadata.errors import SatchelError  # noqa: E402
from satchel_metadata.ops import compiled  # noqa: E402
from vectors.cases import difference, unpacked  # noqa: E402
from vectors.handlers import handlers  # noqa: E402

RESIZED = {"resize", "pipeline"}
"""Ops that compiled code serves: they are run without it, too."""


class Search:
    """Runs cases here and in the other languages."""

    def __init__(self, peers: Sequence[Peer]) -> None:
        self._peers, self._handlers = peers, handlers()
        self.refused: collections.Counter[str] = collections.Counter()

    def complaint(self, family: Family, parameters: Parameters) -> str | None:
        """Gives where the languages differ, or where Python and the library do, in words; None where all agree."""
        drawn = family.build(parameters)
        case = packed(drawn.case)
        for peer in self._peers:
            peer.ask(drawn.op, case)
        try:
            ours, refusal = self._handlers[drawn.op](drawn.case, {}), None
        except SatchelError as error:
            ours, refusal = None, error
            self.refused[error.code] += 1
        answers = [(peer.name, peer.answer()) for peer in self._peers]
        for name, theirs in answers:
            apart = _refused_apart(refusal, theirs) if refusal else _answered_apart(ours, theirs, drawn.languages)
            if apart:
                return f"{apart}, {name}: {_short(theirs)}"
        if drawn.op in RESIZED and not refusal:
            with patch.object(compiled, "library", None):
                between = difference(self._handlers[drawn.op](drawn.case, {}), ours)
            if between:
                return f"with compiled code Python gives what was expected: {between}"
        if refusal:
            return f"refused with {refusal.code}, which the library does not" if drawn.library else None
        between = difference(ours, drawn.library(), drawn.tolerance) if drawn.library else None
        return f"the library is what was expected: {between}" if between else None

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


def _refused_apart(error: SatchelError, theirs: dict[str, Any]) -> str | None:
    """Gives what Python says where another language does not refuse alike."""
    same = (theirs.get("code"), theirs.get("where")) == (error.code, error.where)
    return None if same else f"Python refuses with {error.code} at {error.where}"


def _answered_apart(ours: Any, theirs: dict[str, Any], tolerance: dict[str, float] | None) -> str | None:
    """Gives how Python's answer and that of another language differ."""
    if "found" not in theirs:
        return "Python answers"
    apart = difference(ours, unpacked(theirs["found"]), tolerance)
    return f"Python is what was found: {apart}" if apart else None


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
    with ExitStack() as running:
        runner = Search([running.enter_context(peer) for peer in (node(), kotlin())])
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
