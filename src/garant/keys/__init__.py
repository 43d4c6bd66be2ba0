"""Keys: those that sign bundles, the one that opens records, the secret that names people on a suppression list."""

from garant.keys.master import MasterKey
from garant.keys.secret import SecretKey, read_or_new_secret, read_secret
from garant.keys.signing import PrivateKey, PublicKey, new_key, read_key, read_or_new_key

__all__ = [
    "MasterKey",
    "PrivateKey",
    "PublicKey",
    "SecretKey",
    "new_key",
    "read_key",
    "read_or_new_key",
    "read_or_new_secret",
    "read_secret",
]
