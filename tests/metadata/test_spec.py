"""The spec as a document: read strictly, refused with a JSON path, written in one form."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_metadata import canonical
from satchel_metadata.errors import SatchelError, SpecError
from satchel_metadata.spec import Tensor, parse, parse_spec
from satchel_metadata.steps import Crop, Decode

GOOD = {
    "satchel": "1.0",
    "name": "Cats and dogs",
    "version": "1.2.3",
    "task": "image_classification",
    "inputs": [
        {
            "name": "image",
            "tensor": {"float32/tflite": {"name": "x", "index": 0, "shape": [1, 8, 8, 3], "dtype": "float32"}},
            "steps": [
                {"op": "decode"},
                {
                    "op": "resize",
                    "method": "pillow.bicubic",
                    "fit": "shorter_side",
                    "side": 9,
                    "side_rounding": "floor",
                },
                {"op": "crop", "width": 8, "height": 8, "offset_rounding": "half_even"},
                {"op": "normalize", "mean": [127], "std": [128], "range": "0..255"},
            ],
        }
    ],
    "outputs": [{"name": "scores", "steps": [{"op": "softmax"}, {"op": "label", "labels": "animals"}]}],
    "labels": {"animals": "labels.txt"},
}
INPUT = ("inputs", 0)
STEPS = (*INPUT, "steps")
TENSOR = (*INPUT, "tensor", "float32/tflite")
RESIZE, CROP, NORMALIZE = ((*STEPS, place) for place in (1, 2, 3))


def changed(path, value):
    """GOOD with one place replaced; None removes it."""
    document = copy.deepcopy(GOOD)
    place = document
    for part in path[:-1]:
        place = place[part]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


def json_path(path):
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def refused(document):
    with pytest.raises(SpecError) as caught:
        parse_spec(document)
    return caught.value


def test_a_good_document_is_read_and_written_back_as_it_is():
    spec = parse_spec(GOOD)
    assert spec == parse_spec(json.dumps(GOOD)) == parse_spec(json.dumps(GOOD).encode())
    written = json.loads(spec.dumps())
    assert parse_spec(written) == spec
    assert "fit" in written["inputs"][0]["steps"][1]
    assert "width" not in written["inputs"][0]["steps"][1]


UNKNOWN_KEYS = [("colour",), (*INPUT, "shape"), (*TENSOR, "order"), (*STEPS, 0, "to"), (*RESIZE, "antialias"),
                (*NORMALIZE, "axis"), ("outputs", 0, "labels"), ("outputs", 0, "steps", 0, "axis")]  # fmt: skip


@pytest.mark.parametrize("path", UNKNOWN_KEYS, ids=json_path)
def test_an_unknown_key_is_refused_where_it_stands(path):
    error = refused(changed(path, 1))
    assert (error.code, error.where) == ("spec/unknown-key", json_path(path))
    assert repr(path[-1]) in error.message
    assert error.hint.startswith("Allowed: ")


def test_the_allowed_keys_are_those_of_the_op():
    assert refused(changed((*NORMALIZE, "axis"), 1)).hint == "Allowed: mean, op, range, std."


def test_an_unknown_op_is_refused_with_those_that_are_known():
    error = refused(changed((*STEPS, 2, "op"), "rotate"))
    assert (error.code, error.where) == ("spec/unknown-op", "$.inputs[0].steps[2]")
    assert "rotate" in error.message
    assert "normalize" in error.hint


def test_an_op_of_the_output_is_unknown_at_the_input():
    assert refused(changed((*STEPS, 2), {"op": "softmax"})).code == "spec/unknown-op"


UNKNOWN_VALUES = [(("task",), "poetry"), ((*RESIZE, "method"), "bicubic"), ((*RESIZE, "side_rounding"), "ceil"),
                  ((*NORMALIZE, "range"), "0..2"), ((*TENSOR, "dtype"), "float64"), (("satchel",), "0.9")]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), UNKNOWN_VALUES, ids=str)
def test_an_unknown_value_is_refused_with_those_that_are_allowed(path, value):
    error = refused(changed(path, value))
    assert (error.code, error.where) == ("spec/unknown-value", json_path(path))
    assert value in error.message
    assert error.hint.startswith("Allowed: ")


MISSING = [("name",), ("task",), ("inputs",), (*INPUT, "name"), (*INPUT, "steps"), (*TENSOR, "shape"),
           (*STEPS, 0, "op"), (*RESIZE, "method"), (*NORMALIZE, "std"),
           ("outputs", 0, "steps", 1, "labels")]  # fmt: skip


@pytest.mark.parametrize("path", MISSING, ids=json_path)
def test_a_missing_key_is_refused_by_name(path):
    error = refused(changed(path, None))
    assert error.code == "spec/missing-key"
    assert json_path(path).startswith(error.where)
    assert repr(path[-1]) in error.message


OUT_OF_RANGE = [((*CROP, "width"), 0), ((*CROP, "height"), 20000), ((*RESIZE, "side"), -1), ((*TENSOR, "index"), -1),
                ((*TENSOR, "shape", 0), 0), (("version",), "one"), (("name",), ""), ((*INPUT, "name"), "a b"),
                (("inputs",), []), ((*NORMALIZE, "mean"), []), ((*NORMALIZE, "mean"), [1, 2, 3, 4, 5]),
                ((*CROP,), {"op": "crop", "central_fraction": 1.5})]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), OUT_OF_RANGE, ids=str)
def test_a_value_out_of_range_is_refused_where_it_stands(path, value):
    error = refused(changed(path, value))
    assert error.code == "spec/out-of-range"
    assert error.where.startswith(json_path(path))


WRONG_TYPES = [((*CROP, "width"), "8"), ((*CROP, "width"), 8.5), ((*CROP, "width"), True), (("name",), 7),
               (("inputs",), {}), ((*NORMALIZE, "mean"), 127), ((*NORMALIZE, "mean", 0), "127"),
               (STEPS, "decode"), ((*STEPS, 0), "decode")]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), WRONG_TYPES, ids=str)
def test_a_value_of_the_wrong_type_is_refused_where_it_stands(path, value):
    error = refused(changed(path, value))
    assert error.code == "spec/wrong-type"
    assert error.where == json_path(path)


@pytest.mark.parametrize("value", ["[]", "7", '"spec"', "null", "true"])
def test_a_document_that_is_no_object_is_refused(value):
    error = refused(value)
    assert (error.code, error.where) == ("spec/wrong-type", "$")


RESIZED = {"op": "resize", "method": "tf.area"}
SIZED = {**RESIZED, "width": 8, "height": 8}
INCONSISTENT = [
    ((*NORMALIZE, "std"), [0], "std"),
    ((*NORMALIZE, "std"), [1, 0.0, 1], "std"),
    ((*STEPS, 3), {"op": "rescale"}, "factor"),
    ((*STEPS, 3), {"op": "rescale", "factor": 1, "divisor": 1}, "factor"),
    ((*STEPS, 3), {"op": "rescale", "divisor": 0}, "divisor"),
    ((*STEPS, 3), {"op": "rescale", "factor": 0}, "factor"),
    (CROP, {"op": "crop", "width": 8, "height": 8}, "offset_rounding"),
    (CROP, {"op": "crop"}, "central_fraction"),
    (CROP, {"op": "crop", "width": 8, "central_fraction": 0.5}, "central_fraction"),
    (RESIZE, {**RESIZED, "fit": "stretch"}, "width"),
    (RESIZE, {**SIZED, "fit": "stretch", "side": 3}, "side"),
    (RESIZE, {**SIZED, "fit": "cover", "side_rounding": "floor"}, "offset_rounding"),
    (RESIZE, {**SIZED, "fit": "contain", "side_rounding": "floor"}, "pad_value"),
    (RESIZE, {**SIZED, "fit": "contain", "side_rounding": "floor", "pad_value": [1, 2]}, "pad_value"),
    (RESIZE, {**RESIZED, "fit": "shorter_side", "side": 8}, "side_rounding"),
    (RESIZE, {**SIZED, "fit": "shorter_side", "side": 8, "side_rounding": "floor"}, "width"),
    ((*STEPS, 3), {"op": "pad", "left": 0, "top": 0, "right": 0, "bottom": 0, "value": [1, 2]}, "value"),
    ((*TENSOR, "scale"), 0.5, "zero_point"),
    (("labels",), {}, "scores"),
    (("outputs",), [{"name": "a", "steps": []}, {"name": "a", "steps": []}], "same name"),
]


@pytest.mark.parametrize(("path", "value", "named"), INCONSISTENT, ids=str)
def test_values_that_do_not_go_together_are_refused_at_their_record(path, value, named):
    error = refused(changed(path, value))
    assert error.code == "spec/inconsistent"
    assert json_path(path).startswith(error.where)
    assert named in error.message


CONTENT = {"op": "crop_content", "threshold": 0}


@pytest.mark.parametrize("stated", [None, "1.0", "1.1"])
def test_a_spec_states_the_lowest_version_that_has_its_ops(stated):
    document = {key: value for key, value in GOOD.items() if key != "satchel"} | ({"satchel": stated} if stated else {})
    assert json.loads(parse_spec(document).dumps())["satchel"] == "1.0"


@pytest.mark.parametrize("stated", [None, "1.1"])
def test_an_op_of_a_later_version_makes_a_spec_one_of_that_version(stated):
    document = changed(STEPS, [*GOOD["inputs"][0]["steps"], CONTENT])
    document = {key: value for key, value in document.items() if key != "satchel"}
    document |= {"satchel": stated} if stated else {}
    assert json.loads(parse_spec(document).dumps())["satchel"] == "1.1"


def test_an_op_that_the_stated_version_does_not_have_is_refused():
    error = refused(changed(STEPS, [*GOOD["inputs"][0]["steps"], CONTENT]))
    assert (error.code, error.where) == ("spec/inconsistent", "$")
    assert str(error) == "$: crop_content is an op of version 1.1, the document says 1.0. Say 1.1."


@pytest.mark.parametrize("version", ["1.2", "1.10", "2.0", "10.0"])
def test_a_newer_version_is_refused_before_every_other_check(version):
    error = refused({"satchel": version, "colour": "green"})
    assert (error.code, error.where) == ("spec/newer-version", "$.satchel")
    assert version in error.message


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", '{"a": 1,}', "[1] [2]", b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}", "[" * 100_000]
)
def test_what_is_no_json_is_refused(text):
    assert refused(text).code == "spec/not-json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_a_number_that_is_not_finite_is_refused(number):
    text = json.dumps(GOOD).replace("[127]", f"[{number}]")
    assert refused(text).code == "spec/not-finite"
    value = float(number)
    error = refused(changed((*NORMALIZE, "mean"), [value]))
    assert (error.code, error.where) == ("spec/not-finite", "$.inputs[0].steps[3].mean[0]")


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 10**17, 10**400])
def test_an_integer_beyond_2_to_the_53_is_refused(number):
    assert refused(json.dumps(GOOD).replace("127", str(number))).code == "spec/integer-too-large"


def test_an_integer_of_2_to_the_53_is_read():
    for number in (2**53, -(2**53)):
        assert canonical.loads(str(number)) == number


def test_a_key_that_stands_twice_is_refused():
    error = refused('{"satchel": "1.0", "name": "a", "name": "b"}')
    assert error.code == "spec/duplicate-key"
    assert "'name'" in error.message


def test_a_value_that_json_does_not_know_is_refused():
    assert refused(changed((*NORMALIZE, "mean"), {1, 2})).code == "spec/not-json"


def test_one_step_alone_can_be_parsed():
    assert parse(Decode, {"op": "decode"}) == Decode()
    with pytest.raises(SpecError) as caught:
        parse(Crop, {"op": "crop", "widht": 3}, "$.steps[7]")
    assert caught.value.where == "$.steps[7].widht"


def test_records_are_frozen():
    spec = parse_spec(GOOD)
    for record in (spec, spec.inputs[0], spec.inputs[0].steps[0]):
        with pytest.raises(ValueError, match="frozen"):
            record.name = "another"


def test_the_canonical_form_is_sorted_without_spaces_and_without_needless_fractions():
    value = {"b": 1.0, "a": [0.5, -0.0, 1e16, 2.5e-7], "é": "ü", "c": {"z": None, "y": True}}
    expected = '{"a":[0.5,0,1e+16,2.5e-07],"b":1,"c":{"y":true,"z":null},"é":"ü"}'
    assert canonical.dumps(value) == expected.encode()


def test_the_canonical_form_refuses_what_is_not_finite():
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON"):
            canonical.dumps([value])


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_the_canonical_form_is_read_back_as_the_same_value_in_the_same_bytes(value):
    written = canonical.dumps(value)
    assert canonical.loads(written) == value
    assert canonical.dumps(canonical.loads(written)) == written


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SIDES = st.integers(1, 16384)
MARGINS = st.integers(0, 16384)
CHANNELS = st.integers(0, 255)
COLOURS = st.one_of(st.tuples(CHANNELS), st.tuples(CHANNELS, CHANNELS, CHANNELS)).map(list)
ROUNDINGS = st.sampled_from(["floor", "half_even"])
METHODS = st.sampled_from(["pillow.nearest", "pillow.lanczos", "tf.bilinear_antialias", "tf.area"])
NONZERO = NUMBERS.filter(lambda number: number != 0)


def op(name, **fields):
    return st.fixed_dictionaries({"op": st.just(name), **fields})


def resize(fit, **fields):
    return op("resize", method=METHODS, fit=st.just(fit), **fields)


INPUT_STEPS = st.one_of(
    op("decode", background=st.lists(CHANNELS, min_size=3, max_size=3)),
    op("color", to=st.sampled_from(["RGB", "BGR", "GRAY"])),
    resize("stretch", width=SIDES, height=SIDES),
    resize("cover", width=SIDES, height=SIDES, side_rounding=ROUNDINGS, offset_rounding=ROUNDINGS),
    resize("contain", width=SIDES, height=SIDES, side_rounding=ROUNDINGS, pad_value=COLOURS),
    resize("shorter_side", side=SIDES, side_rounding=ROUNDINGS),
    op("crop", width=SIDES, height=SIDES, offset_rounding=ROUNDINGS),
    op("crop", central_fraction=st.floats(0, 1, exclude_min=True)),
    op("crop_content", threshold=NUMBERS),
    op("center_of_mass", width=SIDES, height=SIDES),
    op("pad", left=MARGINS, top=MARGINS, right=MARGINS, bottom=MARGINS, value=COLOURS),
    op("rescale", factor=NONZERO, offset=NUMBERS),
    op("rescale", divisor=NONZERO),
    op(
        "normalize",
        mean=st.lists(NUMBERS, min_size=1, max_size=4),
        std=st.lists(NONZERO, min_size=1, max_size=4),
        range=st.sampled_from(["0..255", "0..1", "-1..1"]),
    ),
    op("layout", to=st.sampled_from(["NHWC", "NCHW"])),
    op("flip", axis=st.sampled_from(["horizontal", "vertical"])),
)
OUTPUT_STEPS = st.one_of(
    op("softmax"),
    op("sigmoid"),
    op("top_k", k=st.integers(1, 100000)),
    op("threshold", score=NUMBERS),
    op("label", labels=st.just("animals")),
)
TENSORS = st.fixed_dictionaries(
    {
        "name": st.text(),
        "index": st.integers(0, 9),
        "shape": st.lists(st.integers(1, 999), max_size=5),
        "dtype": st.sampled_from(["float32", "uint8", "int8"]),
        "scale": st.floats(0, exclude_min=True, allow_infinity=False),
        "zero_point": st.integers(-128, 255),
    },
    optional={"layout": st.sampled_from(["NHWC", "NCHW"])},
)


@st.composite
def documents(draw):
    document = copy.deepcopy(GOOD)
    document["satchel"] = "1.1"
    document["name"] = draw(st.text(min_size=1, max_size=200))
    document["description"] = draw(st.text())
    document["inputs"][0]["steps"] = draw(st.lists(INPUT_STEPS, max_size=6))
    document["inputs"][0]["tensor"] = draw(st.dictionaries(st.text(), TENSORS, max_size=2))
    document["outputs"][0]["steps"] = draw(st.lists(OUTPUT_STEPS, max_size=4))
    return document


@given(documents())
def test_any_spec_is_read_back_as_the_same_spec_in_the_same_bytes(document):
    spec = parse_spec(document)
    assert parse_spec(spec.dumps()) == spec
    assert parse_spec(spec.dumps()).dumps() == spec.dumps()


def test_a_tensor_of_huge_values_is_read_back():
    tensor = Tensor(name="x", index=0, shape=(1,), dtype="int8", scale=5e-324, zero_point=-128)
    assert parse(Tensor, json.loads(tensor.model_dump_json())) == tensor


def test_an_error_tells_place_message_and_hint_in_one_paragraph_and_survives_pickling():
    error = refused(changed((*NORMALIZE, "axis"), 1))
    paragraph = "$.inputs[0].steps[3].axis: the key 'axis' is not known here. Allowed: mean, op, range, std."
    again = pickle.loads(pickle.dumps(error))
    assert (str(error), str(again), type(again)) == (paragraph, paragraph, SpecError)
    assert isinstance(error, SatchelError)
