"""Why a PD is what it is, in numbers and in words."""
