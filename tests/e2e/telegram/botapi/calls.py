"""The log of everything the bot asked of the server."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import JsonDict
from .params import Params


@dataclass(eq=False)
class Call:
    """One call of the bot; `status` is 0 until it is answered, and stays 0 if the connection was dropped."""

    method: str
    raw_params: Params
    started: float
    finished: float = 0.0
    status: int = 0
    body: bytes = b""

    def __repr__(self) -> str:
        """Show the call in the log of a failed test."""
        return f"<Call {self.method} {str(self.params)[:200]} -> {self.status} {self.description}>"

    @property
    def done(self) -> bool:
        """Whether the server is finished with the call."""
        return self.finished > 0

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status == 200

    @property
    def refused(self) -> bool:
        """Whether the call was answered with an error."""
        return self.status >= 400

    @cached_property
    def params(self) -> JsonDict:
        """Parameters with JSON, numbers and booleans decoded."""
        return self.raw_params.readable()

    @property
    def response(self) -> JsonDict:
        """Body of the answer, or nothing if there was none or it is not JSON."""
        try:
            body: JsonDict = json.loads(self.body)
        except ValueError:
            return {}
        return body

    @property
    def result(self) -> Any:
        """Result of a successful call."""
        return self.response.get("result")

    @property
    def description(self) -> str:
        """Description of an error."""
        return str(self.response.get("description", ""))
