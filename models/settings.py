"""Every setting of the model server, read once from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOM = Path(__file__).resolve().parent


class Settings(BaseSettings):
    """Settings of `python -m models` and of the training commands; docs/models.md explains each."""

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    state: Path = Field(Path(".careline"), validation_alias="CARELINE_STATE")
    """Folder of everything that is made at run time; the weights lie in its `weights/`."""

    host: str = Field("127.0.0.1", validation_alias="MODELS_HOST")
    port: int = Field(8090, ge=0, le=65535, validation_alias="MODELS_PORT")
    api_key: str = Field("", validation_alias="MODELS_API_KEY", repr=False)
    """Bearer token that `/v1/...`, `/rerank` and `/classify` ask for; empty: nobody is asked."""

    threads: int = Field(0, ge=0, validation_alias="MODELS_THREADS")
    """Threads of one matrix product; 0: as many as there are cores."""

    generator_model: str = Field("careline-generator", validation_alias="GENERATOR_MODEL")
    generator_backend: str = Field("torch", pattern=r"^(torch|llama\.cpp)$", validation_alias="GENERATOR_BACKEND")
    """What computes the replies: `torch`, or `llama.cpp` with matrices in 8 bits by the package xllamacpp."""
    generator_weights: str = Field("", validation_alias="GENERATOR_WEIGHTS")
    """A folder or a hub id of any causal model with a chat template, a `.gguf` file for llama.cpp; empty: SmolLM2
    from its package."""
    generator_adapter: str = Field("", validation_alias="GENERATOR_ADAPTER")
    """A LoRA adapter's folder or hub id; empty: ours for our weights, none for others; `none`: none."""
    generator_dtype: str = Field("auto", pattern="^(auto|bfloat16|float32)$", validation_alias="GENERATOR_DTYPE")
    """`auto`: bfloat16 where the processor computes in it, else float32."""
    generator_context: int = Field(2048, ge=64, validation_alias="GENERATOR_CONTEXT")
    """Tokens of prompt and reply together; longer requests are refused."""
    generator_batch: int = Field(8, ge=1, validation_alias="GENERATOR_BATCH")
    """Replies that are written side by side; further ones wait their turn."""
    generator_waiting: int = Field(32, ge=1, validation_alias="GENERATOR_WAITING")
    """Requests that may wait; one more is refused at once with 503."""

    embedder_model: str = Field("careline-embedder-2", validation_alias="EMBEDDINGS_MODEL")
    embedder_weights: str = Field("", validation_alias="EMBEDDER_WEIGHTS")
    """A folder or hub id that sentence-transformers loads; empty: multilingual-e5-small from its package."""
    embedder_adapter: str = Field("", validation_alias="EMBEDDER_ADAPTER")
    """A LoRA adapter's folder or hub id; empty: ours for our weights, none for others; `none`: none."""

    reranker_model: str = Field("careline-reranker", validation_alias="RERANK_MODEL")
    reranker_weights: str = Field("", validation_alias="RERANKER_WEIGHTS")
    """A cross-encoder's folder or hub id; empty: the embedder's cosine."""

    reader_model: str = Field("careline-reader", validation_alias="CLASSIFY_MODEL")
    reader_weights: str = Field("", validation_alias="READER_WEIGHTS")
    """A classifier's folder or hub id whose labels are the four acuities; empty: ours, models/reader/adapter."""

    @property
    def weights(self) -> Path:
        """Where the prepared weights lie."""
        return self.state / "weights"

    @property
    def generator_source(self) -> str:
        """Folder or hub id that the generator is loaded from."""
        return self.generator_weights or str(self.weights / "generator")

    @property
    def embedder_source(self) -> str:
        """Folder or hub id that the embedder is loaded from."""
        return self.embedder_weights or str(self.weights / "embedder")

    @property
    def generator_adapter_source(self) -> str | None:
        """Folder or hub id of the generator's adapter, or None."""
        return _adapter("generator", self.generator_adapter, self.generator_weights)

    @property
    def embedder_adapter_source(self) -> str | None:
        """Folder or hub id of the embedder's adapter, or None."""
        return _adapter("embedder", self.embedder_adapter, self.embedder_weights)

    @property
    def encoder_source(self) -> str:
        """Folder of the encoder that our reader is tuned on: the default embedder, whichever embedder is served."""
        return str(self.weights / "embedder")

    @property
    def reader_adapter(self) -> Path:
        """Folder of our reader's adapter, whether trained yet or not."""
        return ROOM / "reader" / "adapter"


def _adapter(room: str, chosen: str, weights: str) -> str | None:
    """The chosen adapter; ours where nothing is chosen and the weights are ours."""
    if chosen:
        return None if chosen == "none" else chosen
    ours = ROOM / room / "adapter"
    return str(ours) if not weights and ours.is_dir() else None
