"""The golden inputs with the answers of every artefact beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from satchel.report.contents import FORMATS, Contents
from satchel.report.html import Html, bar, joined, table, tag
from satchel.report.pictures import drawn, shown
from satchel_metadata.golden import Case, GoldenAnswer, GoldenClass, golden_thing

SHOWN_CASES = 12
OTHERS = 4
"""Classes beside the best one, objects and keypoints, that are named."""
NUMBERS = 8


def golden(told: Contents) -> Html:
    """Gives a card a golden input: what the model saw, and a row an artefact with its answer."""
    cases = [_case(told, case) for case in told.golden.cases[:SHOWN_CASES]]
    left = len(told.golden.cases) - len(cases)
    rest = [tag("p", f"{left} more are in the bundle.", class_="note")] if left else []
    note = (
        *("These inputs and answers travel in the bundle. ", tag("code", "satchel check"), " and the page of "),
        *(tag("code", "satchel serve"), " run them again and hold what comes out to these."),
    )
    return tag("section", tag("h2", "Golden inputs"), tag("p", *note, class_="note"), *cases, *rest)


def _case(told: Contents, case: Case) -> Html:
    things = {name: golden_thing(record, told.read) for name, record in case.input.items()}
    inputs = {each.name: each for each in told.spec.inputs}
    looks = [shown(told.spec, inputs[name], record, things[name]) for name, record in case.input.items()]
    picture = next((name for name in things if inputs[name].steps[0].op in ("decode", "yuv_to_rgb")), None)
    first = told.artefacts[0]
    found = [drawn(inputs[picture], things[picture], case.artefacts[first].answer, _named(first))] if picture else []
    answers = tag("div", _answers(told, case), *found, class_="answers")
    return tag("article", tag("h3", case.id), tag("div", *looks, class_="looks"), answers, class_="case")


def _answers(told: Contents, case: Case) -> Html:
    order = told.artefacts
    answers = {name: case.artefacts[name].answer for name in order if name in case.artefacts}
    best = [_best(each) for each in answers.values()]
    usual = Counter(best).most_common(1)[0][0] if best else None
    rows = [(_named_cell(name), _answer(answer, other=_best(answer) != usual)) for name, answer in answers.items()]
    return table(("Variant", "Answer"), rows)


def _named(artefact: str) -> str:
    variant, _, kind = artefact.rpartition("/")
    return f"{variant} ({FORMATS[kind]})"


def _named_cell(artefact: str) -> Html:
    variant, _, kind = artefact.rpartition("/")
    return joined((tag("strong", variant), " ", tag("small", FORMATS[kind])))


def _best(answer: GoldenAnswer) -> int | None:
    return answer.classes[0].index if answer.classes else None


def _answer(answer: GoldenAnswer, *, other: bool) -> Html:
    """Gives an answer in a line or two."""
    if answer.classes is not None:
        return _classes(answer.classes, other)
    if answer.objects is not None:
        found = [f"{_name(each.label, each.index)} {_score(each.score)}" for each in answer.objects]
        return _counted(found, "object")
    if answer.keypoints is not None:
        points = [
            f"{each.name or f'point {n}'} ({each.x:.4g}, {each.y:.4g})" for n, each in enumerate(answer.keypoints)
        ]
        return _counted(points, "point")
    if answer.mask is not None:
        shares: Counter[int] = Counter()
        for index, count in zip(answer.mask.indices, answer.mask.counts, strict=True):
            shares[index] += count
        labels, whole = answer.mask.labels or (), answer.mask.width * answer.mask.height
        named = [
            f"{_name(labels[index] if index < len(labels) else None, index)} {_score(count / whole)}"
            for index, count in shares.most_common()
        ]
        return _counted(named, "class")
    values = answer.values or ()
    rest = f" and {len(values) - NUMBERS} more" if len(values) > NUMBERS else ""
    return tag("span", ", ".join(f"{value:.6g}" for value in values[:NUMBERS]) + rest)


def _classes(classes: Sequence[GoldenClass], other: bool) -> Html:
    if not classes:
        return tag("span", "no class reaches the threshold", class_="soft")
    best = classes[0]
    share = bar(best.score) if 0 <= best.score <= 1 else ""
    mark = tag("span", "another class", class_="other") if other else ""
    head = tag("p", tag("strong", _name(best.label, best.index)), " ", _score(best.score), share, mark, class_="best")
    rest = ", ".join(f"{_name(each.label, each.index)} {_score(each.score)}" for each in classes[1 : OTHERS + 1])
    return joined((head, tag("small", rest)))


def _counted(found: Sequence[str], noun: str) -> Html:
    plural = {"class": "classes"}.get(noun, f"{noun}s")
    count = f"{len(found) or 'no'} {noun if len(found) == 1 else plural}"
    rest = ", ..." if len(found) > OTHERS + 1 else ""
    listed = ", ".join(found[: OTHERS + 1]) + rest
    return joined((tag("strong", count), tag("br"), tag("small", listed)))


def _name(label: str | None, index: int) -> str:
    return f"class {index}" if label is None else label


def _score(score: float) -> str:
    return f"{score * 100:.1f} %" if 0 <= score <= 1 else f"{score:.4g}"
