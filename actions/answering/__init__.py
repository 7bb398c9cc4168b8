"""The answer pipeline, one file per stage: policy, retrieve, coverage, generate, verify, quote."""
