"""Measures the generator's speed: `python -m models.generator.bench [--streams 1 8] [--prompt 400] [--reply 48]`.

Prints, for so many replies at once, the seconds until each reply has begun, and the tokens a second that all of them
get together from then on. To be read on an idle machine.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from click import echo

from models.loading import environment
from models.settings import Settings


def measure(model: Any, streams: int, prompt: int, reply: int) -> tuple[float, float]:
    """Seconds to read all prompts, and tokens a second of all replies together."""
    from models.generator.batch import Batch, Row
    from models.generator.sampling import Sampling

    batch = Batch(model)
    started = time.perf_counter()
    for number in range(streams):
        ids = [100 + (number + at * 37) % 40_000 for at in range(prompt)]
        batch.join(Row(ids, Sampling(temperature=0)))
    begun = time.perf_counter()
    for _ in range(reply):
        batch.step()
    return begun - started, streams * reply / (time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--prompt", type=int, default=400, help="tokens of each prompt")
    parser.add_argument("--reply", type=int, default=48, help="tokens of each reply")
    options = parser.parse_args()
    settings = Settings()
    environment(settings)
    import torch

    from models.generator.weights import load_model

    torch.set_num_threads(settings.threads or torch.get_num_threads())
    model = load_model(settings)
    echo(f"{settings.generator_source}, {model.dtype}, {torch.get_num_threads()} threads")
    measure(model, 1, options.prompt, 4)
    for streams in options.streams:
        begun, speed = measure(model, streams, options.prompt, options.reply)
        prefill = streams * options.prompt / begun
        echo(f"{streams} at once: all begun after {begun:.2f} s ({prefill:.0f} tokens/s read), {speed:.0f} tokens/s")


if __name__ == "__main__":
    main()
