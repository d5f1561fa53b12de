"""Every error Satchel raises on purpose.

    SatchelError                 base: .code, .message, .where, .hint
    |-- SpecError                the description of inputs and outputs is wrong        spec/...
    |-- InputError               a photo, a row or a folder of them is wrong           input/...
    |-- ModelError               the model file is wrong, unsafe or not understood     model/...
    |   `-- ConversionError      the converted model does not give the model's answers model/...
    |-- BundleError              the bundle is damaged, hostile or cannot be written   bundle/...
    `-- EnvironmentProblem       this machine lacks something, or it is in use         env/...

A message says what was expected and what was found; `where` names the place (a path, a JSON path, a tensor, a layer);
`hint` says what to do next. The command line prints them as one paragraph and exits with 2.
"""

from __future__ import annotations

CHECK_PATH = "Check the path, and that you may read what is there."
PACK_AGAIN = "Get the bundle again, or write it anew with `satchel pack`."
BROKEN_MODEL = "Run `satchel check`: the model or its conversion is broken, or its input is wrong."
OTHER_OUTPUT = "Change the step, or name another output; `satchel inspect` lists those of the model."
"""Remedies that several errors share."""


class SatchelError(Exception):
    """A mistake that the user can mend, told in one paragraph.

    Args:
        code: stable, `family/name`, the same in every language (`spec/unknown-key`).
        message: what was expected and what was found, without the final full stop.
        where: the place: a file, a JSON path (`$.inputs[0].steps[2]`), a tensor or a layer; empty when there is none.
        hint: what to do next, or the allowed values.
    """

    def __init__(self, code: str, message: str, *, where: str = "", hint: str = "") -> None:
        self.code, self.message, self.where, self.hint = code, message, where, hint
        super().__init__(self.paragraph())

    def paragraph(self) -> str:
        """Gives place, message and hint as one paragraph."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}. {self.hint}" if self.hint else f"{head}."

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.message, self.where, self.hint))


def _rebuild(kind: type[SatchelError], code: str, message: str, where: str, hint: str) -> SatchelError:
    return kind(code, message, where=where, hint=hint)


class SpecError(SatchelError):
    """The description of inputs and outputs is wrong."""


class InputError(SatchelError):
    """A photo, or a folder of photos, cannot be used."""


class ModelError(SatchelError):
    """The model file is missing, unsafe or not understood."""


class ConversionError(ModelError):
    """A converted model does not give the answers of the model it was made from."""


class BundleError(SatchelError):
    """The bundle is damaged, hostile or cannot be written."""


class EnvironmentProblem(SatchelError):
    """This machine lacks something that the task needs, or it is in use."""


class SatchelWarning(UserWarning):
    """Something that works but that the author should know."""
