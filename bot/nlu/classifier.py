"""Guesses the intent from pieces of words, each weighed by how telling it is.

Rasa's own logistic regression takes raw counts, so that pieces found in every message drown the telling ones;
in cross-validation weighing them (tf-idf) and a looser penalty are worth five points (docs/dialogue.md).
A message made of pieces never seen before would be guessed all the same, and with great confidence; it gets none.
"""

from __future__ import annotations

from typing import Any, Dict, List  # noqa: UP035

import skops.io  # type: ignore[import-not-found]
from rasa.engine.graph import ExecutionContext  # type: ignore[import-not-found]
from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # type: ignore[import-not-found]
from rasa.engine.storage.resource import Resource  # type: ignore[import-not-found]
from rasa.engine.storage.storage import ModelStorage  # type: ignore[import-not-found]
from rasa.nlu.classifiers.logistic_regression_classifier import (  # type: ignore[import-not-found]
    LogisticRegressionClassifier,
)
from rasa.shared.nlu.constants import INTENT_RANKING_KEY, TEXT  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.message import Message  # type: ignore[import-not-found]
from sklearn.feature_extraction.text import TfidfTransformer  # type: ignore[import-untyped,unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped,unused-ignore]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped,unused-ignore]

LONGEST_PIECE = 4  # characters, as in config.yml
# Shares of a message's pieces; in cross-validation 99 of 100 messages have more. Any letters share some pieces.
FAMILIAR, FAMILIAR_LETTERS = 0.2, 0.55
TRUSTED = ["scipy.sparse._csr.csr_matrix"]  # tf-idf holds its weights in one; skops knows the rest


def pieces(text: str) -> int:
    """How many pieces of one to four characters the words of `text` have, each word with a space on both sides."""
    return sum(max(len(word) + 3 - size, 0) for word in text.split() for size in range(1, LONGEST_PIECE + 1))


def familiar(text: str) -> float:
    """How many known pieces `text` needs to be guessed at all."""
    han = any("\u4e00" <= character <= "\u9fff" for character in text)
    return pieces(text) * (FAMILIAR if han else FAMILIAR_LETTERS)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WeighedClassifier(LogisticRegressionClassifier):  # type: ignore[misc]
    """Rasa's logistic regression behind tf-idf, one intent against the rest. `closeness` is scikit-learn's C."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: Any, resource: Any) -> None:
        super().__init__({"closeness": 50.0, "tol": 1e-3, "max_iter": 100, **config}, name, model_storage, resource)
        regression = LogisticRegression(
            C=self.config["closeness"],
            class_weight="balanced",
            solver="liblinear",  # as good as lbfgs here and thirty times faster to train
            max_iter=self.config["max_iter"],
            tol=self.config["tol"],
            random_state=self.config["random_state"],
        )
        self.clf = make_pipeline(TfidfTransformer(sublinear_tf=True), regression)

    def process(self, messages: List[Message]) -> List[Message]:  # noqa: UP006
        """Called by Rasa: guesses, then takes back what rests on nothing."""
        guessed = super().process(messages)
        for message, row in zip(guessed, self._create_X(guessed), strict=True):
            if row.sum() < familiar(message.get(TEXT)):
                for guess in message.get(INTENT_RANKING_KEY):
                    guess["confidence"] = 0.0
        return list(guessed)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],  # noqa: UP006 - Rasa compares these very annotations
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> WeighedClassifier:
        """The trained component. Unlike Rasa's, raises where it cannot be read: an untrained one answers nothing."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.clf = skops.io.load(folder / f"{resource.name}.skops", trusted=TRUSTED)
        return component
