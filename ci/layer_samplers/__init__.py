"""Random layers to measure, a file for a kind: `SAMPLERS` has its functions and how many layers of each are counted."""
