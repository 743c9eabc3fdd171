"""An AWS that is nowhere: settings that lead to nobody's account, and an answer that says nothing.

A process that warms botocore makes its calls here: they load what a call needs and never leave the process.
"""

import io
import os
from typing import Any
from urllib.parse import parse_qs

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "warm",
    "AWS_SECRET_ACCESS_KEY": "warm",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # With these set, macOS is not asked for its proxies, which a forked child could not survive.
    "http_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1",
}


def empty_answer(request: Any, **_: object) -> Any:
    """A handler for `before-send`: botocore takes what it returns for what came over the network."""
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    class Body(io.BytesIO):
        def stream(self, **_: object) -> Any:
            yield self.read()

    action = parse_qs(request.body if isinstance(request.body, str) else "").get("Action", ["Nothing"])[0]
    xml = f"<{action}Response><{action}Result/></{action}Response>".encode()
    body = b"{}" if "X-Amz-Target" in request.headers else xml
    return AWSResponse(request.url, 200, HTTPHeaders(), Body(body))
