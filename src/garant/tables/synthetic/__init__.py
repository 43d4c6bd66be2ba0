"""A synthetic lender: the seven raw tables at any scale, with a known truth behind every default."""

from garant.tables.synthetic.dates import Shock
from garant.tables.synthetic.generate import SyntheticLender, generate
from garant.tables.synthetic.writers import FileFormat

__all__ = ["FileFormat", "Shock", "SyntheticLender", "generate"]
