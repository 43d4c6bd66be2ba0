"""What the benchmarks share: how a run is measured, and what is said of the machine."""
