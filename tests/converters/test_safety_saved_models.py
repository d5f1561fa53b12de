"""What could run code or reach outside of a SavedModel is refused by name, before any of it is loaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from converters.refusals import refused
from satchel_converters.quiet import tensorflow
from satchel_converters.safety import scan


def save(tf: Any, path: Path, body: Callable[[Any], Any], extra: Callable[[Any], None] = lambda module: None) -> Path:
    with tensorflow():
        module = tf.Module()
        module.scale = tf.Variable(2.0)
        spec = tf.TensorSpec((1, 2), tf.float32, name="x")
        module.call = tf.function(lambda x: {"y": body(x) * module.scale}, input_signature=[spec])
        extra(module)
        tf.saved_model.save(module, str(path), signatures={"serving_default": module.call})
    return path


class TestSavedModels:
    @pytest.fixture
    def witness(self, tmp_path: Path) -> Path:
        """Gives the file that a hostile model would write."""
        return tmp_path / "written-by-the-model"

    def check(self, path: Path, witness: Path, work: Path, op: str = "WriteFile") -> None:
        error = refused(path, work)
        assert error.code == "model/unsafe-op"
        assert op in str(error)
        assert not witness.exists()

    def test_a_model_that_writes_a_file_when_called_is_refused(self, tf: Any, tmp_path: Path, witness: Path) -> None:
        def write(x: Any) -> Any:
            tf.io.write_file(str(witness), "x")
            return x

        path = save(tf, tmp_path / "model", write)
        with tensorflow():
            tf.saved_model.load(str(path)).signatures["serving_default"](x=tf.zeros((1, 2)))
        assert witness.exists()  # It is hostile indeed.
        witness.unlink()
        self.check(path, witness, tmp_path / "work")

    def test_a_write_hidden_in_a_nested_function_is_refused(self, tf: Any, tmp_path: Path, witness: Path) -> None:
        @tf.function  # type: ignore[untyped-decorator]
        def inner(x: Any) -> Any:
            tf.io.write_file(str(witness), "x")
            return x

        def branch(x: Any) -> Any:
            return tf.cond(tf.reduce_sum(x) > 100, lambda: tf.while_loop(lambda y: False, inner, [x])[0], lambda: x)

        self.check(save(tf, tmp_path / "model", branch), witness, tmp_path / "work")

    def test_a_write_in_the_initializer_is_refused(self, tf: Any, tmp_path: Path, witness: Path) -> None:
        with tensorflow(), tf.Graph().as_default() as graph:
            x = tf.compat.v1.placeholder(tf.float32, (1, 2), name="x")
            y = tf.identity(x, name="y")
            write = tf.raw_ops.WriteFile(filename=str(witness), contents="x")
            builder = tf.compat.v1.saved_model.Builder(str(tmp_path / "model"))
            signature = tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": y})
            with tf.compat.v1.Session(graph=graph) as session:
                builder.add_meta_graph_and_variables(
                    session, ["serve"], signature_def_map={"serving_default": signature}, main_op=write
                )
            builder.save()
        with tensorflow():
            tf.saved_model.load(str(tmp_path / "model"))
        assert witness.exists()  # Loading alone is enough.
        witness.unlink()
        self.check(tmp_path / "model", witness, tmp_path / "work")

    def test_a_write_in_a_resource_that_loading_initializes_is_refused(
        self, tf: Any, tmp_path: Path, witness: Path
    ) -> None:
        class Hostile(tf.saved_model.experimental.TrackableResource):  # type: ignore[misc]
            def _create_resource(self) -> Any:
                return tf.raw_ops.HashTableV2(key_dtype=tf.int64, value_dtype=tf.int64)

            def _initialize(self) -> None:
                tf.io.write_file(str(witness), "x")

        def add(module: Any) -> None:
            module.resource = Hostile()

        path = save(tf, tmp_path / "model", lambda x: x, add)
        witness.unlink(missing_ok=True)
        with tensorflow():
            tf.saved_model.load(str(path))
        assert witness.exists()
        witness.unlink()
        self.check(path, witness, tmp_path / "work")

    @pytest.mark.parametrize("op", ["ReadFile", "PyFunc", "EagerPyFunc", "PrintV2", "SaveV2"])
    def test_ops_that_reach_out_are_refused_by_name(self, op: str, tf: Any, tmp_path: Path, witness: Path) -> None:
        def body(x: Any) -> Any:
            if op == "ReadFile":
                return x + tf.strings.to_number(tf.io.read_file("/etc/hostname"))
            if op == "PyFunc":
                return tf.reshape(tf.numpy_function(np.sin, [x], tf.float32), (1, 2))
            if op == "EagerPyFunc":
                return tf.reshape(tf.py_function(tf.sin, [x], tf.float32), (1, 2))
            if op == "PrintV2":
                tf.print(x, output_stream=f"file://{witness}")
                return x
            tf.raw_ops.SaveV2(prefix=str(witness), tensor_names=["x"], shape_and_slices=[""], tensors=[x])
            return x

        self.check(save(tf, tmp_path / "model", body), witness, tmp_path / "work", op)

    def test_a_save_op_in_what_loading_restores_is_refused(self, tf: Any, tmp_path: Path, witness: Path) -> None:
        """In a SavedModel of TensorFlow 1 the restore op runs on load; a save op made part of it would write."""
        path = tmp_path / "model"
        with tensorflow(), tf.Graph().as_default() as graph:
            x = tf.compat.v1.placeholder(tf.float32, (1, 2), name="x")
            scale = tf.compat.v1.get_variable("scale", initializer=2.0, use_resource=False)
            saver = tf.compat.v1.train.Saver([scale])
            restore = graph.get_operation_by_name(saver.saver_def.restore_op_name)
            save_op = graph.get_operation_by_name("save/SaveV2")
            restore._add_control_input(save_op)
            builder = tf.compat.v1.saved_model.Builder(str(path))
            signature = tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"y": x * scale})
            with tf.compat.v1.Session(graph=graph) as session:
                session.run(tf.compat.v1.global_variables_initializer())
                builder.add_meta_graph_and_variables(
                    session, ["serve"], signature_def_map={"serving_default": signature}, saver=saver
                )
            builder.save()
        self.check(path, witness, tmp_path / "work", "SaveV2")

    @pytest.mark.parametrize("name", ["three_saved", "two_saved"])
    def test_the_saver_that_keras_writes_is_allowed(self, name: str, models: dict[str, Path]) -> None:
        scan(models[name], "saved_model")

    def test_a_link_in_the_folder_is_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(models["two_saved"], tmp_path / "model")
        (tmp_path / "model" / "assets" / "words.txt").symlink_to("/etc/passwd")
        error = refused(tmp_path / "model", tmp_path / "work")
        assert (error.code, "assets/words.txt" in str(error)) == ("model/unsafe-file", True)
