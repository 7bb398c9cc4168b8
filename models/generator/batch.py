"""Several replies written side by side: one forward pass gives each of them its next token.

A new one is read (prefilled) alone and then joins the others: its keys and values are padded on the left to their
length, or theirs to its. This works for any causal model of transformers whose cache holds all positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor
from transformers import DynamicCache

from models.generator.sampling import Sampling


@dataclass(eq=False)
class Row:
    """One reply in the making."""

    prompt: list[int]
    sampling: Sampling
    tokens: list[int] = field(default_factory=list)
    dice: torch.Generator = field(default_factory=torch.Generator)

    def __post_init__(self) -> None:
        if self.sampling.seed is None:
            self.dice.seed()
        else:
            self.dice.manual_seed(self.sampling.seed)

    @property
    def length(self) -> int:
        """Tokens whose keys and values are in the cache: all but the newest."""
        return len(self.prompt) + len(self.tokens) - 1


class Batch:
    """The rows that are being written, and their common cache."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache: Any = None
        self.rows: list[Row] = []

    @torch.inference_mode()
    def join(self, row: Row) -> None:
        """Read the row's prompt, pick its first token, and write it together with the others from now on."""
        cache = DynamicCache(config=self._model.config)
        ids = torch.tensor([row.prompt])
        output = self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        row.tokens.append(pick(output.logits[0, -1], row))
        self._cache = _merge(self._cache, cache) if self.rows else cache
        self.rows.append(row)

    @torch.inference_mode()
    def step(self) -> None:
        """Give every row its next token."""
        output = self._model(
            input_ids=torch.tensor([[row.tokens[-1]] for row in self.rows]),
            attention_mask=self._mask(),
            position_ids=torch.tensor([[row.length] for row in self.rows]),
            past_key_values=self._cache,
            use_cache=True,
        )
        for row, logits in zip(self.rows, output.logits[:, -1], strict=True):
            row.tokens.append(pick(logits, row))

    def _mask(self) -> Tensor | None:
        width = max(row.length for row in self.rows) + 1
        if all(row.length + 1 == width for row in self.rows):
            return None
        mask = torch.zeros(len(self.rows), width, dtype=torch.long)
        for number, row in enumerate(self.rows):
            mask[number, width - row.length - 1 :] = 1
        return mask

    @torch.inference_mode()
    def keep(self, rows: Sequence[Row]) -> None:
        """Go on with these rows alone."""
        if len(rows) == len(self.rows):
            return
        kept = torch.tensor([number for number, row in enumerate(self.rows) if row in rows], dtype=torch.long)
        self.rows = [row for row in self.rows if row in rows]
        if not self.rows:
            self._cache = None
            return
        width = max(row.length for row in self.rows)
        for layer in self._cache.layers:
            layer.keys = layer.keys[kept, :, -width:].contiguous()
            layer.values = layer.values[kept, :, -width:].contiguous()


def _merge(one: Any, other: Any) -> Any:
    """Both caches as one, the shorter padded on the left."""
    for mine, yours in zip(one.layers, other.layers, strict=True):
        width = max(mine.keys.shape[-2], yours.keys.shape[-2])
        mine.keys = torch.cat([_padded(mine.keys, width), _padded(yours.keys, width)])
        mine.values = torch.cat([_padded(mine.values, width), _padded(yours.values, width)])
    return one


def _padded(states: Tensor, width: int) -> Tensor:
    return functional.pad(states, (0, 0, width - states.shape[-2], 0))


def pick(logits: Tensor, row: Row) -> int:
    """The next token."""
    sampling = row.sampling
    if sampling.temperature == 0:
        return int(logits.argmax())
    shares, order = torch.softmax(logits.float() / sampling.temperature, dim=-1).sort(descending=True)
    # The tokens before which less than top_p of the chance is used up: the first one always.
    shares[shares.cumsum(-1) - shares >= sampling.top_p] = 0
    return int(order[torch.multinomial(shares, 1, generator=row.dice)])
