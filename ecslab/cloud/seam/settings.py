"""moto's settings, as environment variables: imported before anything of moto is.

It must stay free of imports from moto, which reads some of these when it is imported.
"""

import os

SETTINGS = {
    # Another web page in the learner's browser must not read the sandbox.
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    # Thousands of AMIs nobody asks for: 10 to 50 ms a reset and 4 MB an account.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # A sandbox is one account; without this every request looks for its key in every partition's IAM.
    "MOTO_ACCOUNT_ID": "123456789012",
}

PINNED_MOTO = "5.2.5"
"""The seam reaches into moto's internals; another version must fail loudly."""


def apply() -> None:
    os.environ.update(SETTINGS)
