"""garant: from a lender's raw tables to explained, auditable default-risk proposals."""

__version__ = "0.1.0"
