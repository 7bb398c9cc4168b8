"""Our generator as one GGUF file for llama.cpp: the base with the adapter merged, matrices in 8 bits (Q8_0).

Tokenizer, chat template and architecture are copied from the GGUF file that the base's package ships; the tensors are
those that torch would serve, rounded once. Made on the first start and again when the adapter changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from numpy.typing import NDArray

from models.settings import Settings
from models.weights import WeightsError, locate, sources

FORMAT = 1
"""Raised when the conversion changes, so that a file made by an older one is made again."""

_OURS = "generator-q8_0-"
_ABANDONED = 3600
"""Seconds without a write after which nobody is writing any more."""
_WRITTEN_ANEW = ("GGUF.version", "GGUF.tensor_count", "GGUF.kv_count", "general.architecture", "general.file_type")


def ensure(settings: Settings) -> Path:
    """The file of the settings' base and adapter, made if it is not there.

    WeightsError, OSError or ValueError when it cannot be made.
    """
    target = settings.weights / f"{_OURS}{_hash(settings.generator_adapter_source)}.gguf"
    if target.is_file():
        return target
    base = _base(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{_OURS}", dir=target.parent)
    os.close(descriptor)
    work = Path(name)
    try:
        write(base, tensors(settings), work)
        work.chmod(0o644)  # another user may run the server
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)
    _tidy(target)
    return target


def _tidy(target: Path) -> None:
    """Remove files of other adapters, and what is left of a process that was killed while it wrote."""
    for old in target.parent.glob(f"{_OURS}*.gguf"):
        if old != target:
            old.unlink(missing_ok=True)
    for left in target.parent.glob(f".{_OURS}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()


def _hash(adapter: str | None) -> str:
    """Changes with whatever the file is made of: the base is pinned by its own hash."""
    from models.generator.package import SHA256

    digest = hashlib.sha256(f"{FORMAT} {SHA256} {adapter and not Path(adapter).is_dir() and adapter}".encode())
    for file in sorted(Path(adapter).glob("adapter_*")) if adapter else []:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _base(settings: Settings) -> Path:
    source = next((source for source in sources(settings) if source.name == "generator"), None)
    if source is None:
        raise WeightsError("Only our own weights are made into a GGUF file: name a GGUF file with GENERATOR_WEIGHTS.")
    return locate(source)


def tensors(settings: Settings) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The merged weights, by the names and in the layout of llama.cpp."""
    from models.generator.weights import load_model

    # Rounded once, from float32: not first to bfloat16.
    model = load_model(settings.model_copy(update={"generator_dtype": "float32"}))
    config = model.config
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for own, parameter in model.named_parameters():  # tied weights once
        name = names.get_name(own, try_suffixes=(".weight",))
        if name is None:
            raise ValueError(f"llama.cpp has no name for the tensor {own}")
        values: NDArray[np.float32] = parameter.detach().numpy()
        of_heads = heads.get(own.split(".")[-2])
        yield name, _interleaved(values, of_heads) if of_heads else values


def _interleaved(matrix: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """llama.cpp turns neighbouring rows of a head together, transformers those of its two halves."""
    rows, columns = matrix.shape
    return matrix.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def write(base: Path, weights: Iterator[tuple[str, NDArray[np.float32]]], target: Path) -> None:
    """Write `target`: what `base` says of the model, with these weights. ValueError when they are not its tensors."""
    reader = GGUFReader(base)
    writer = GGUFWriter(target, str(_value(reader, "general.architecture")))
    try:
        _copy(reader, writer)
        given = set()
        for name, values in weights:
            given.add(name)
            _add(writer, name, values)
        if given != (wanted := {tensor.name for tensor in reader.tensors}):
            raise ValueError(f"the weights are not those of {base.name}: {sorted(given ^ wanted)[:3]}")
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _value(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    return field.contents() if field else None


def _copy(reader: GGUFReader, writer: GGUFWriter) -> None:
    for key, field in reader.fields.items():
        if key not in _WRITTEN_ANEW:
            kind, *inner = field.types
            listed = inner[-1] if kind == GGUFValueType.ARRAY else None
            writer.add_key_value(key, field.contents(), kind, sub_type=listed)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_description("With Careline's adapter merged, where it is used; see models/generator/CARD.md.")


def _add(writer: GGUFWriter, name: str, values: NDArray[np.float32]) -> None:
    if values.ndim == 1:  # norms: small, and rounding them would touch every number
        writer.add_tensor(name, values)
        return
    kind = GGMLQuantizationType.Q8_0
    writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


@dataclass(frozen=True)
class Facts:
    """What a GGUF file says of its model."""

    context: int | None
    """Tokens that it was made for."""
    control: list[str]
    """Tokens that stand for something else than text, the short ones first."""


def facts(file: Path) -> Facts:
    """Read the head of a GGUF file. OSError or ValueError when it is none, is cut off, or has no chat template."""
    try:
        reader = GGUFReader(file)
    except IndexError as error:
        raise ValueError("the file is cut off") from error
    if not _value(reader, "tokenizer.chat_template"):
        raise ValueError("it has no chat template: an instruct model is needed")
    length = _value(reader, f"{_value(reader, 'general.architecture')}.context_length")
    return Facts(int(length) if length else None, _control(reader))


def _control(reader: GGUFReader) -> list[str]:
    kinds = _value(reader, "tokenizer.ggml.token_type") or []
    tokens = _value(reader, "tokenizer.ggml.tokens") or []
    plain = (gguf.TokenType.NORMAL, gguf.TokenType.BYTE, gguf.TokenType.UNUSED)
    found = {token for token, kind in zip(tokens, kinds, strict=True) if kind not in plain and token.strip()}
    return sorted(found, key=len)
