"""The check on a phone or an emulator, over adb: with the standard library alone."""
