"""Every setting of the action server, read once from the environment."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Settings of the answer pipeline; docs/answers.md explains each. Times are in seconds."""

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    state: Path = Field(Path(".careline"), validation_alias="CARELINE_STATE")
    """Folder of what is made at run time; the vectors of the passages lie in its `index/`."""
    knowledge: Path = Field(ROOT / "data" / "knowledge", validation_alias="CARELINE_KNOWLEDGE")
    """Folder of the knowledge pages."""
    imported: Path | None = Field(None, validation_alias="CARELINE_IMPORTED")
    """Folder of what `careline knowledge import` took in; unset: `knowledge/` in the state folder."""
    policy: Path = Field(ROOT / "data" / "policy", validation_alias="CARELINE_POLICY")
    """Folder of what is refused, what counts as covered, and the pipeline's own texts."""
    prompt: Path = Field(ROOT / "data" / "prompts" / "answer.yml", validation_alias="CARELINE_PROMPT")
    """The generator's prompt."""
    region: str | None = Field(None, validation_alias="CARELINE_REGION")
    """Whose emergency numbers the pages name; unset: those they were written with (en: GB, zh: CN)."""

    generator_url: str = Field("http://127.0.0.1:8090/v1", validation_alias="GENERATOR_URL")
    """An OpenAI-compatible server; empty: answers are quoted, never generated."""
    generator_model: str = Field("careline-generator", validation_alias="GENERATOR_MODEL")
    generator_api_key: str = Field("", validation_alias="GENERATOR_API_KEY", repr=False)
    generator_languages: Annotated[tuple[str, ...], NoDecode] = Field(("en",), validation_alias="GENERATOR_LANGUAGES")
    """Languages that the generator writes, separated by spaces; others are quoted."""
    first_sentence_limit: float = Field(4.5, gt=0, validation_alias="ANSWER_FIRST_SENTENCE_LIMIT")
    """Time from the question until the first checked sentence; later than that, the answer is quoted."""
    generation_limit: float = Field(6.5, gt=0, validation_alias="ANSWER_GENERATION_LIMIT")
    """Time from the question until the generator is cut off."""

    embeddings_url: str = Field("http://127.0.0.1:8090/v1", validation_alias="EMBEDDINGS_URL")
    """An OpenAI-compatible server of embeddings; empty: passages are found by their words alone."""
    embeddings_model: str = Field("careline-embedder-2", validation_alias="EMBEDDINGS_MODEL")
    embeddings_api_key: str = Field("", validation_alias="EMBEDDINGS_API_KEY", repr=False)
    query_prefix: str = Field("query: ", validation_alias="EMBEDDINGS_QUERY_PREFIX")
    """What the embedding model wants in front of a question (e5: `query: `)."""
    passage_prefix: str = Field("passage: ", validation_alias="EMBEDDINGS_PASSAGE_PREFIX")
    """What the embedding model wants in front of a passage (e5: `passage: `)."""
    embedding_limit: float = Field(0.8, gt=0, validation_alias="EMBEDDINGS_LIMIT")
    """Time to wait for the vector of a question; later than that, its words alone are used."""

    redis_url: str = Field("redis://127.0.0.1:6390/0", validation_alias="REDIS_URL", repr=False)
    """Where checked sentences are published ahead of the whole answer."""

    @field_validator("generator_languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @property
    def imported_folder(self) -> Path:
        """Where imported passages lie; never in the repository's own pages."""
        return self.imported or self.state / "knowledge"

    @property
    def index(self) -> Path:
        """Folder of the passages' vectors; may be deleted at any time."""
        return self.state / "index"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
