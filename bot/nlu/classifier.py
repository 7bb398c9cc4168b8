"""Guesses the intent from pieces of words, each weighed by how telling it is.

Rasa's own logistic regression takes raw counts, so that pieces found in every message drown the telling ones;
in cross-validation weighing them (tf-idf) and a looser penalty are worth five points (docs/dialogue.md).
"""

from __future__ import annotations

from typing import Any, Dict  # noqa: UP035

import skops.io  # type: ignore[import-not-found]
from rasa.engine.graph import ExecutionContext  # type: ignore[import-not-found]
from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # type: ignore[import-not-found]
from rasa.engine.storage.resource import Resource  # type: ignore[import-not-found]
from rasa.engine.storage.storage import ModelStorage  # type: ignore[import-not-found]
from rasa.nlu.classifiers.logistic_regression_classifier import (  # type: ignore[import-not-found]
    LogisticRegressionClassifier,
)
from sklearn.feature_extraction.text import TfidfTransformer  # type: ignore[import-untyped,unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped,unused-ignore]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped,unused-ignore]

TRUSTED = ["scipy.sparse._csr.csr_matrix"]  # tf-idf holds its weights in one; skops knows the rest


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WeighedClassifier(LogisticRegressionClassifier):  # type: ignore[misc]
    """Rasa's logistic regression behind tf-idf. `penalty` is scikit-learn's C: higher fits closer."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: Any, resource: Any) -> None:
        super().__init__({"penalty": 20.0, **config}, name, model_storage, resource)
        regression = LogisticRegression(
            C=self.config["penalty"],
            class_weight="balanced",
            max_iter=self.config["max_iter"],
            tol=self.config["tol"],
            random_state=self.config["random_state"],
        )
        self.clf = make_pipeline(TfidfTransformer(sublinear_tf=True), regression)

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
