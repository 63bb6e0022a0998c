"""/signin/provider and /signin/back: there and back again. No account is made by it."""

import logging
from hmac import compare_digest

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from collector.people import sign_in as signing
from collector.people.answers import Office, cookie_of, signed_in
from collector.people.book import accounts
from collector.people.door import DoorPage
from collector.people.provider import Provider, ProviderError
from collector.people.secret import derived, new_secret
from collector.people.seen import caller_of
from collector.people.sign_in import RefusedError

_COOKIE, _GOOD_FOR_S = "seepline_provider", 600
_log = logging.getLogger("collector.people")


def routes(office: Office, provider: Provider) -> list[Route]:
    """Return the routes."""

    async def there(request: Request) -> Response:
        flow = new_secret()
        try:
            to = await run_in_threadpool(provider.way_there, flow)
        except ProviderError as error:
            return _failed(office, request, error)
        response = RedirectResponse(to, 303)
        secure = request.scope["scheme"] == "https"
        response.set_cookie(_COOKIE, flow, _GOOD_FOR_S, httponly=True, samesite="lax", secure=secure)
        return response

    async def back(request: Request) -> Response:
        flow, state = request.cookies.get(_COOKIE, ""), request.query_params.get("state", "")
        try:
            _check_state(flow, state)
            person = await run_in_threadpool(provider.who, flow, request.query_params.get("code", ""))
            secret = await run_in_threadpool(_begun, office, request, person, provider)
        except (ProviderError, RefusedError) as error:
            return _failed(office, request, error)
        response = signed_in(request, secret, "../")
        response.delete_cookie(_COOKIE)
        return response

    return [Route("/signin/provider", there), Route("/signin/back", back)]


def _check_state(flow: str, state: str) -> None:
    if not flow or not compare_digest(state.encode(), derived(flow, "state").encode()):
        raise ProviderError("an answer that this browser did not ask for")


def _begun(office: Office, request: Request, person: str, provider: Provider) -> str:
    desk, account, caller = office.desk, accounts(office.desk.book).get(person), caller_of(request)
    if account is None or account.locked or desk.person(person) is None:
        desk.note(person if account else "", "refused", caller.address, "by the provider")
        raise RefusedError
    proved = provider.settings.shows_second_factor
    return signing.begin(desk, person, proved, caller, cookie_of(request), "by the provider")


def _failed(office: Office, request: Request, error: Exception) -> Response:
    _log.warning("Sign-in at the provider: %s.", error or "nobody of ours")
    page = DoorPage(problem="provider")
    response = office.shell.page(request, "signin.html", page, 403)
    response.delete_cookie(_COOKIE)
    return response
