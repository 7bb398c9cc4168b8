"""Rasa without TensorFlow: empty stand-ins for the component modules that import it.

Rasa's registry imports every component it ships, used or not. Ours needs none of those built on TensorFlow, so
the modules that import it are replaced before Rasa is first imported. A pipeline that names one of them fails
with Rasa's own message that the component is unknown.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

NAMES_BY_MODULE: dict[str, tuple[str, ...]] = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}


def install() -> None:
    """Puts the stand-ins in place; does nothing where TensorFlow is installed. Call before importing rasa."""
    if find_spec("tensorflow") is not None:
        return
    for module_name, names in NAMES_BY_MODULE.items():
        module = ModuleType(module_name, "Stand-in: the real module needs TensorFlow.")
        for name in names:
            setattr(module, name, type(name, (), {"__module__": module_name}))
        sys.modules[module_name] = module
