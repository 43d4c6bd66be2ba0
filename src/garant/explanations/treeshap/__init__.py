"""Exact TreeSHAP by Gauss-Legendre quadrature: from a LightGBM text to contributions.

The integral is that of Wettenstein, Mitchell & Yu (2026), "Quadrature-TreeSHAP".
"""
