"""Principal components of a portfolio: from columns and rows to a small artefact that projects later ones."""
