"""Every word that a client or relationship manager reads, in French and English, by stable id."""
