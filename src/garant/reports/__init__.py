"""Reports made from a bundle or a run."""
