"""A look at LightGBM's text before LightGBM gets it: a text cut anywhere would end the process, not raise."""

import re
from collections.abc import Sequence

from garant.exceptions import BundleFormatError

_END = "\nend of trees"


def check_model_text(text: str, feature_names: Sequence[str], *, where: str) -> None:
    """Raise BundleFormatError unless `text` is a whole LightGBM model with these inputs in this order.

    Parameters
    ----------
    text : str
        LightGBM text.
    feature_names : sequence of str
        Inputs that ``bundle.json`` lists.
    where : str
        File to be named in the message.
    """
    expected = "Train the model again, or take the bundle from where it was made."
    if not text.startswith("tree\n"):
        raise BundleFormatError(f"{where}: is no LightGBM text (it does not start with 'tree'). {expected}")
    header, _, trees = text.partition("\nTree=0\n")
    names = re.search(r"^feature_names=(.*)$", header, re.MULTILINE)
    if names is None or names[1].split(" ") != list(feature_names):
        raise BundleFormatError(f"{where}: its inputs are not the features that bundle.json lists. {expected}")
    sizes = re.search(r"^tree_sizes=(.*)$", header, re.MULTILINE)
    n_trees = 0 if sizes is None else len(sizes[1].split())
    if _END not in trees or trees[: trees.index(_END)].count("\nTree=") + 1 != n_trees:
        raise BundleFormatError(f"{where}: is cut off or misses trees ({n_trees} announced). {expected}")
