"""Parts of an answer, by which a browser goes on with a transfer whose connection was lost."""

from __future__ import annotations

from flask import Request, Response


def ranged(response: Response, request: Request, size: int) -> Response:
    """Gives the part that a request asks for with `Range` (206), or the whole where it asks for none.

    Only one range of bytes is given as a part; of several, or of what is no range, the whole comes, as HTTP allows
    (RFC 9110, 14.2). With `If-Range` the whole comes where the ETag is another by now.

    Args:
        response: the whole, not compressed, with its ETag.
        request: what asks for it.
        size: the bytes of the whole.

    Raises:
        RequestedRangeNotSatisfiable: 416, the range begins beyond the end.
    """
    asked = request.range
    one = request.method == "GET" and asked is not None and asked.units == "bytes" and len(asked.ranges) == 1
    weak = request.headers.get("If-Range", "").startswith("W/")
    if one and not weak:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    response.headers["Accept-Ranges"] = "bytes"
    return response
