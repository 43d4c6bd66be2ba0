"""What stays as long as the service is not searched for garbage again and again.

Definitions, SQL and tables of trees are a million small objects. Python would look through all of them now and then,
which holds up whatever is being answered for a tenth of a second and more.
"""

import gc


def keep_what_is_here() -> None:
    """Take what was opened out of the search for garbage; what was taken out before and is no longer used goes."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
