"""Measures of discrimination, calibration and cost."""
