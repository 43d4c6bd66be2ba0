"""Tokens that programs show beside API keys: JWTs of the lender's issuer, with role and branch in their claims."""

from garant.api.claimed_roles import principal_of
from garant.api.identity_provider import IdentityProvider
from garant.api.kept_answers import MustAskError
from garant.api.signed_tokens import TokenReader, WrongTokenError
from garant.decisions.access import Principal
from garant.settings import Settings

MOST_CHARACTERS = 4_096


class MachineTokens:
    """Knows programs by their tokens; safe for many threads.

    Parameters
    ----------
    reader : TokenReader
        Reads tokens.
    role, owner : str
        Names of the claims that tell the role and the branch.
    """

    def __init__(self, reader: TokenReader, *, role: str, owner: str) -> None:
        self._reader, self._role, self._owner = reader, role, owner

    @classmethod
    def of(cls, settings: Settings) -> "MachineTokens | None":
        """What the settings ask for; None where they name no issuer."""
        if settings.jwt_issuer is None or settings.jwt_audience is None:
            return None
        provider = IdentityProvider(settings.jwt_issuer, jwks_url=settings.jwt_jwks_url)
        reader = TokenReader(provider, settings.jwt_audience, settings.jwt_algorithms)
        return cls(reader, role=settings.jwt_role_claim, owner=settings.jwt_owner_claim)

    def recognised(self, text: str) -> Principal | None:
        """Whoever shows this token, when that can be told without asking the issuer; else ask `authenticate`.

        Raises
        ------
        WrongTokenError
            When it opens nothing.
        ProviderError
            When the issuer did not answer a moment ago, and nothing is known that counts.
        """
        try:
            return self._read(text, may_ask=False)
        except MustAskError:
            return None

    def authenticate(self, text: str) -> Principal:
        """Whoever shows this token; may wait for the issuer.

        Raises
        ------
        WrongTokenError
            When it opens nothing.
        ProviderError
            When the issuer's keys cannot be read: then nobody is let in.
        """
        return self._read(text, may_ask=True)

    def _read(self, text: str, *, may_ask: bool) -> Principal:
        if len(text) > MOST_CHARACTERS:
            raise WrongTokenError("long")
        token = self._reader.read(text, may_ask=may_ask)
        return principal_of(f"jwt:{token.subject}", token.claims, role=self._role, owner=self._owner)
