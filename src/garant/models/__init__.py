"""Models: folds, training, calibration, cut-off and the bundle that carries them."""
