"""adb: finds the device, and carries commands and files to it and back."""

from __future__ import annotations

import queue
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from satchel_metadata.errors import EnvironmentProblem

QUICK = 60.0
"""Seconds for what a device does at once."""

LONG = 600.0
"""Seconds for files on their way to a device, and for its installer."""

CONNECT = "Connect a phone with USB debugging switched on, or start an emulator; `adb devices` must list it."

_STATES = {
    "unauthorized": "Unlock it and allow USB debugging for this computer.",
    "authorizing": "Unlock it and allow USB debugging for this computer.",
    "offline": "Unplug it and plug it in again, or restart the emulator; `adb kill-server` starts adb anew.",
    "connecting": "Wait until it has started, then run this again.",
    "no permissions": "Let this user open USB devices; Debian's android-sdk-platform-tools-common has the rules.",
    "recovery": "Start it normally, then run this again.",
    "sideload": "Start it normally, then run this again.",
    "bootloader": "Start it normally, then run this again.",
}

_UNINSTALL = "Uninstall that one, with its bundles and settings: `adb -s {serial} uninstall {app}`."
_REFUSED = {
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": ("an app of this name is there that another key signed", _UNINSTALL),
    "INSTALL_FAILED_VERSION_DOWNGRADE": ("a newer version of the app is there", _UNINSTALL),
    "INSTALL_FAILED_OLDER_SDK": ("it has an Android older than 8.0 (API 26)", "Take a newer device."),
    "INSTALL_FAILED_NO_MATCHING_ABIS": ("the app is for arm64-v8a and x86_64 alone", "Take a device of one of these."),
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": ("it has too little room", "Make room on it."),
    "INSTALL_FAILED_USER_RESTRICTED": ("it forbids apps that come over USB", "Allow them in its developer options."),
}
"""The installer's words for what people meet, what they mean, and what to do."""


@dataclass(frozen=True)
class Device:
    """A line of `adb devices`: serial number, state (`device` when it is ready), and what adb knows of it."""

    serial: str
    state: str
    about: str = ""


class Silence(Exception):
    """The device said nothing for too long."""


def program() -> str | None:
    """Gives the path of adb; None where there is none."""
    return shutil.which("adb")


def devices(adb: str) -> list[Device]:
    """Gives every device that adb knows, ready or not.

    Raises:
        EnvironmentProblem: env/device, adb does not work.
    """
    listed = _finished([adb, "devices", "-l"], QUICK).stdout.split("List of devices attached", 1)
    found = []
    for line in listed[-1].splitlines():
        serial, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if not rest or serial == "*":
            continue
        state = "no permissions" if rest.startswith("no permissions") else rest.split()[0]
        found.append(Device(serial, state, rest.removeprefix(state).strip()))
    return found


def choose(found: Sequence[Device], serial: str | None) -> Device | None:
    """Gives the device to use; None where there is none at all.

    Args:
        found: what `devices` gives.
        serial: the one that is wanted; None takes the one that is ready.

    Raises:
        EnvironmentProblem: env/no-device, the wanted one is not there; env/device-not-ready; env/several-devices.
    """
    if serial is not None:
        wanted = next((each for each in found if each.serial == serial), None)
        if wanted is None:
            there = ", ".join(each.serial for each in found) or "none"
            raise EnvironmentProblem(
                "env/no-device", f"expected the device {serial}, found {there}", hint="Give a serial of `adb devices`."
            )
        return _ready(wanted)
    ready = [each for each in found if each.state == "device"]
    if len(ready) > 1:
        raise EnvironmentProblem(
            "env/several-devices",
            f"expected one device, found {', '.join(each.serial for each in ready)}",
            hint="Say which one: --serial SERIAL, or ANDROID_SERIAL=SERIAL in the environment.",
        )
    if ready:
        return ready[0]
    return _ready(found[0]) if found else None


def _ready(device: Device) -> Device:
    if device.state == "device":
        return device
    raise EnvironmentProblem(
        "env/device-not-ready",
        f"expected a device that is ready, found one that is '{device.state}'",
        where=device.serial,
        hint=_STATES.get(device.state, "Start it normally, then run this again."),
    )


@dataclass(frozen=True)
class Adb:
    """adb with one device."""

    program: str
    serial: str

    def run(self, *arguments: str, timeout: float = QUICK, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Gives what a command of adb says.

        Raises:
            EnvironmentProblem: env/device, it failed or took too long; its own words are in the message.
        """
        return _finished([self.program, "-s", self.serial, *arguments], timeout, self.serial, check)

    def shell(self, *words: str, timeout: float = QUICK, check: bool = True) -> subprocess.CompletedProcess[str]:
        """As `run`, of a command on the device; no word of it means anything to a shell."""
        return self.run("shell", shlex.join(words), timeout=timeout, check=check)

    def script(self, line: str, timeout: float = QUICK) -> subprocess.CompletedProcess[str]:
        """As `run`, of a line for the device's shell."""
        return self.run("shell", line, timeout=timeout)

    def read(self, *words: str, timeout: float = LONG) -> bytes:
        """Gives the bytes that a command on the device writes."""
        arguments = [self.program, "-s", self.serial, "exec-out", shlex.join(words)]
        try:
            done = subprocess.run(
                arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
            )
            return done.stdout
        except subprocess.TimeoutExpired:
            raise _slow(arguments, timeout, self.serial) from None

    def push(self, here: Path, there: str) -> None:
        """Copies a file to the device."""
        self.run("push", str(here), there, timeout=LONG)

    def installed(self, app: str) -> bool:
        """Says whether an app is on the device."""
        return self.shell("pm", "path", app, check=False).stdout.startswith("package:")

    def install(self, apk: Path, app: str) -> None:
        """Installs an app, in place of an older one that the same key signed.

        Raises:
            EnvironmentProblem: env/install-refused, with the installer's own word and what to do.
        """
        done = self.run("install", "-r", "-t", str(apk), timeout=LONG, check=False)
        said = done.stdout + done.stderr
        if "Success" in done.stdout and done.returncode == 0:
            return
        word = next((each for each in _REFUSED if each in said), None)
        if word is None:
            last = next(iter(reversed(said.strip().splitlines())), "adb said nothing")
            message, hint = f"the app was not installed: {last}", "See what `adb logcat` says, then run this again."
        else:
            message, hint = f"the device refused the app: {_REFUSED[word][0]} ({word})", _REFUSED[word][1]
        raise EnvironmentProblem(
            "env/install-refused", message, where=self.serial, hint=hint.format(serial=self.serial, app=app)
        )

    def lines(self, *words: str, silence: float) -> Iterator[str]:
        """Gives the lines that a command on the device writes, as they come, and ends with it.

        Args:
            silence: seconds without a line after which it is given up.

        Raises:
            Silence: no line came for that long; the command is stopped here, what runs on the device is not.
        """
        arguments = [self.program, "-s", self.serial, "shell", shlex.join(words)]
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        came: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=_hand_over, args=(process, came), daemon=True).start()
        try:
            while (line := came.get(timeout=silence)) is not None:
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        except queue.Empty:
            raise Silence from None
        finally:
            process.kill()
            process.wait()


def _hand_over(process: subprocess.Popen[bytes], came: queue.Queue[bytes | None]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            came.put(line)
    came.put(None)


def _finished(
    arguments: list[str], timeout: float, where: str = "", check: bool = True
) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _slow(arguments, timeout, where) from None
    except OSError as error:
        raise EnvironmentProblem(
            "env/device", f"adb does not start: {error.strerror}", where=arguments[0], hint="Install adb anew."
        ) from None
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise EnvironmentProblem("env/device", f"`{_command(arguments)}` failed: {said}", where=where, hint=CONNECT)
    return done


def _slow(arguments: list[str], timeout: float, where: str) -> EnvironmentProblem:
    message = f"`{_command(arguments)}` had not ended after {timeout:.0f} s"
    return EnvironmentProblem("env/device", message, where=where, hint="Unlock the device and see what it shows.")


def _command(arguments: list[str]) -> str:
    return " ".join(["adb", *(arguments[3:] if arguments[1:2] == ["-s"] else arguments[1:])])
