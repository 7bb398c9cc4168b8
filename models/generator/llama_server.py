"""llama.cpp's own server, inside this process, by the package xllamacpp.

It takes requests by call; its tokenizer and chat templates are reached over HTTP on a loopback port that it always
opens. A key that is made up at every start guards that port, and what would show prompts there is turned off.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PINNED = "--no-deps xllamacpp==2026.10.11549"

_SILENT = 0
"""llama.cpp's log would quote what it cannot read, which may be a patient's words."""
_PATIENCE = 5.0
"""Seconds for a tokenizer that needs milliseconds."""


class LlamaServer:
    """A loaded GGUF file. Calls may come from any thread."""

    def __init__(self, file: Path, context: int, slots: int, threads: int) -> None:
        """Load `file` for `slots` replies at once of `context` tokens each.

        ImportError without the package, RuntimeError when llama.cpp refuses the file.
        """
        import xllamacpp

        self._key = secrets.token_urlsafe(32)
        try:
            self._server = xllamacpp.Server(self._parameters(file, context, slots, threads))
        except RuntimeError as error:  # its own words name no cause
            raise RuntimeError("llama.cpp does not know its architecture, or memory is short") from error
        address = urlsplit(self._server.listening_address)
        self._host, self._port = address.hostname or "", address.port

    def _parameters(self, file: Path, context: int, slots: int, threads: int) -> Any:
        import xllamacpp

        wanted = xllamacpp.CommonParams()
        wanted.model.path = str(file)
        wanted.n_ctx, wanted.n_parallel = context * slots, slots
        for processors in (wanted.cpuparams, wanted.cpuparams_batch):
            processors.n_threads = threads
            processors.poll = 0  # threads that spin take the embedder's processors
        wanted.fit_params = False  # else it makes the context smaller where memory is short, and says nothing
        wanted.cache_ram_mib = 0  # prompts stay in the slots; by default up to 8 GB of them would be kept besides
        wanted.prefill_assistant = False  # else a last message of the assistant's would be gone on with
        wanted.verbosity = _SILENT
        wanted.hostnames, wanted.port, wanted.n_threads_http = ["127.0.0.1"], 0, 2
        wanted.api_keys = [self._key]
        wanted.ui = wanted.endpoint_slots = wanted.endpoint_props = wanted.endpoint_metrics = False
        return wanted

    def write(self, asked: dict[str, Any], take: Callable[[dict[str, Any]], bool]) -> None:
        """Write a reply: `take` gets each of the server's pieces and says when that is enough. Returns at the end."""
        self._server.handle_completions(asked | {"stream": True}, take)

    def prompt(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """Tokens of the messages in the model's chat template. ValueError when it refuses them."""
        text = self._post("/apply-template", {"messages": list(messages)})["prompt"]
        asked = {"content": text, "add_special": True, "parse_special": True}
        return list(self._post("/tokenize", asked)["tokens"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        with contextlib.closing(connection):
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            told = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise ValueError("the model's chat template does not take these messages")
        found: dict[str, Any] = json.loads(told)
        return found
