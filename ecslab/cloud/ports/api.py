"""What every part speaks: requests and answers as JSON, and the errors that AWS answers with."""

from typing import Any

JSON = dict[str, Any]


class ApiError(Exception):
    """An error AWS answers a request with: HTTP 400 unless said otherwise."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
