"""Signing in at an OpenID Connect provider: Authorization Code with PKCE (RFC 7636), over the standard library.

One random value stands in a cookie of this browser for ten minutes; state, nonce and verifier follow from it, so
that an answer counts only in the browser that asked, and only for this asking.

ProviderError    the provider did not say who it is: one sentence
"""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from collector.people.id_token import Expected, TokenError, claims_of
from collector.people.secret import derived
from collector.people.settings import Oidc, is_trustworthy

_TIMEOUT_S, _MOST_BYTES = 10, 262_144


class ProviderError(Exception):
    """The provider cannot be asked, or its answer does not count."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The client's secret goes to the address that was written down, and nowhere else."""

    def redirect_request(self, *_about: Any) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirect)


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider with this client's secret, which never stands in its repr."""

    settings: Oidc
    secret: str

    def __repr__(self) -> str:
        return f"Provider({self.settings.issuer})"

    def way_there(self, flow: str) -> str:
        """Return where the browser goes to sign in. Raises ProviderError."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_url,
            "scope": "openid profile email",
            "state": derived(flow, "state"),
            "nonce": derived(flow, "nonce"),
            "code_challenge": _challenge(derived(flow, "verifier")),
            "code_challenge_method": "S256",
        }
        return f"{self._about()['authorization_endpoint']}?{urlencode(asked)}"

    def who(self, flow: str, code: str) -> str:
        """Return the person whom the provider names for a code, '' for nobody of ours. Raises ProviderError."""
        about = self._about()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect_url,
            "client_id": self.settings.client_id,
            "code_verifier": derived(flow, "verifier"),
        }
        if self.secret:
            form["client_secret"] = self.secret
        given = _json(str(about["token_endpoint"]), urlencode(form).encode())
        expected = Expected(self.settings.issuer, self.settings.client_id, derived(flow, "nonce"))
        try:
            claims = claims_of(str(given.get("id_token", "")), _json(str(about["jwks_uri"])), expected)
        except TokenError as error:
            raise ProviderError(str(error)) from error
        return self._person(claims)

    def _person(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self.settings.claim)
        if self.settings.claim == "email" and claims.get("email_verified") is not True:
            raise ProviderError("the provider has not verified this e-mail address")
        return self.settings.person_of(value) if isinstance(value, str) and value else ""

    def _about(self) -> Mapping[str, Any]:
        found = _json(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.settings.issuer:
            raise ProviderError("the provider calls itself something else than people.toml says")
        for key in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_trustworthy(str(found.get(key, ""))):
                raise ProviderError(f"the provider's {key} is no address with https://")
        return found


def _challenge(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636, 4.2; its appendix B).

    >>> _challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _json(url: str, form: bytes | None = None) -> Mapping[str, Any]:
    request = urllib.request.Request(url, form, {"Accept": "application/json"})  # noqa: S310 - is_trustworthy
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as answer:
            found = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise ProviderError(f"the provider answered with status {error.code}") from error
    except (OSError, ValueError) as error:
        raise ProviderError(f"the provider does not answer as one ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise ProviderError("the provider does not answer as one")
    return found
