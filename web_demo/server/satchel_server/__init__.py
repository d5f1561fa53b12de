"""The demo server: pages, JavaScript library, runtimes and bundles for a browser on this machine."""

from satchel_server.app import create_app
from satchel_server.listen import Listening, listen, serve

__all__ = ["Listening", "create_app", "listen", "serve"]
