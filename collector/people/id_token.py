"""An id token of OpenID Connect, checked: signature, issuer, audience, time and nonce. The one door to joserfc.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 7519.

TokenError    it proves nothing: one sentence, without the token
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")  # none of them takes a shared secret
_LEEWAY_S = 60


class TokenError(Exception):
    """An id token does not count."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str


def claims_of(token: str, keys: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """Return the claims of a token that counts now. Raises TokenError."""
    given: Any = dict(keys)
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(given), algorithms=list(_ALGORITHMS))
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
            "exp": {"essential": True},
            "iat": {"essential": True},
        }
        jwt.JWTClaimsRegistry(now=int(time.time()), leeway=_LEEWAY_S, **wanted).validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise TokenError(f"the id token does not count ({type(error).__name__})") from error
    claims = decoded.claims
    if not compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise TokenError("the id token is not for this sign-in")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != expected.client_id:
        raise TokenError("the id token is for several clients, and not given to this one")
    return dict(claims)
