"""From a PD and facts to a proposed outcome."""
