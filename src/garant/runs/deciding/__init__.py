"""Deciding about one application: from raw records to an answer that is recorded before it leaves."""
