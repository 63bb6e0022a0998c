"""What schemathesis makes of the API's description: never a fault of ours, and every answer as described."""

from datetime import timedelta

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from collector.openapi.document import OPERATIONS, document
from tests.collector.attack.conftest import HOST

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document())
KNOWN = {"point": "P1", "gateway": "gw1"}


def answered(fort, case, token: str) -> httpx.Response:
    plain = requests.Request(**case.as_transport_kwargs(base_url=f"http://{HOST}")).prepare()
    headers = {**plain.headers, "Authorization": f"Token {token}"} if token else dict(plain.headers)
    answer = fort.client.request(plain.method, plain.url, headers=headers, content=plain.body)
    answer.elapsed = timedelta()  # in this process nothing has measured it
    return answer


def asked(one, mode: GenerationMode):
    """Return the cases of an operation, at a point and gateway that there are where it names one."""
    named = {name: KNOWN[name] for name in KNOWN if f"{{{name}}}" in one.path}
    return SCHEMA[one.path][one.method.upper()].as_strategy(mode, **({"path_parameters": named} if named else {}))


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_answer_is_described(fort, one, examples):
    token = fort.tokens["gw1"] if one.tag == "gateways" else ""
    slow = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )

    @slow
    @given(case=asked(one, GenerationMode.POSITIVE))
    def holds(case):
        case.validate_response(answered(fort, case, token), checks=CHECKS)

    holds()


@pytest.mark.parametrize("examples", [4, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    "one", [row for row in OPERATIONS if row.parameters or row.body], ids=lambda one: f"{one.method} {one.path}"
)
def test_what_breaks_the_description_breaks_nothing_else(fort, one, examples):
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=asked(one, GenerationMode.NEGATIVE))
    def holds(case):
        case.validate_response(answered(fort, case, fort.tokens["gw1"]), checks=[not_a_server_error])

    holds()
