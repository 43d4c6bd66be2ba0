"""`garant pca`: principal components of a portfolio, as files of a committed run."""
