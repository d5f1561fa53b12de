"""Every golden vector gives what its library gives; every invalid case is refused with its code."""

import collections

import pytest

from satchel_metadata.errors import SatchelError
from satchel_metadata.ops import compiled
from vectors.cases import difference, documents, unpacked
from vectors.handlers import handlers

DOCUMENTS = documents()
HANDLERS = handlers()
COUNTS = collections.Counter()
RESIZED = [each for each in DOCUMENTS if each[0] in {"resize", "pipeline"}]


@pytest.fixture(scope="module", autouse=True)
def counts(request):
    yield
    told = ", ".join(f"{op} {count}" for op, count in sorted(COUNTS.items()))
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"\nvectors in Python: {told}")


def test_there_are_vectors_and_every_file_has_a_handler():
    assert DOCUMENTS
    assert sorted({op for op, _, _ in DOCUMENTS} - set(HANDLERS)) == []


@pytest.mark.parametrize(("op", "path", "document"), [pytest.param(*each, id=each[1]) for each in DOCUMENTS])
def test_every_case_gives_what_its_library_gives(op, path, document):
    assert document["schema"] == "satchel-vectors/1"
    assert document["cases"]
    wrong = [f"{each['id']}: {why}" for each in document["cases"] if (why := complaint(op, each, document))]
    assert wrong == []
    COUNTS[op] += len(document["cases"])


@pytest.mark.parametrize(("op", "path", "document"), [pytest.param(*each, id=each[1]) for each in RESIZED])
def test_every_resize_gives_the_same_without_compiled_code(op, path, document, monkeypatch):
    monkeypatch.setattr(compiled, "library", None)
    wrong = [f"{each['id']}: {why}" for each in document["cases"] if (why := complaint(op, each, document))]
    assert wrong == []


def complaint(op, packed_case, document):
    case = unpacked(packed_case)
    try:
        found = HANDLERS[op](case, document)
    except SatchelError as error:
        if case["result"] == "valid":
            return f"refused: {error!r}"
        wanted = (case["code"], case.get("where", error.where))
        return None if (error.code, error.where) == wanted else f"expected {wanted}, found {(error.code, error.where)}"
    if case["result"] == "invalid":
        return f"expected {case['code']}, found an answer"
    return difference(found, case["expected"], case.get("tolerance"))
