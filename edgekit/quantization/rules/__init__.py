"""One file per operator that can be int8, each with `RULE`; `edgekit.quantization.rule` says what a rule states."""
