"""The headers every answer carries."""

from __future__ import annotations

from flask import Response

# WebAssembly needs 'wasm-unsafe-eval'; no runtime here needs 'unsafe-eval', and nothing is inline.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "style-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

# A bundle's author is a stranger: his report may show itself, styled, and do nothing else.
FOREIGN_POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS = {
    # Together these two isolate the page, which is what gives it SharedArrayBuffer and so threads.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


PAGE_HEADERS = {**_ALWAYS, "Content-Security-Policy": PAGE_POLICY}
"""What an answer carries that is not a stranger's content."""


def protect(response: Response, *, foreign: bool = False, camera: bool = False) -> Response:
    """Gives the response with the security headers.

    Args:
        response: changed in place.
        foreign: whether the content is a stranger's, which gets the sandbox policy.
        camera: whether it is a page that may ask for the camera.
    """
    response.headers.update(PAGE_HEADERS)
    if foreign:
        response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    if camera:
        policy = PAGE_HEADERS["Permissions-Policy"]
        response.headers["Permissions-Policy"] = policy.replace("camera=()", "camera=(self)")
    return response
