"""The nine dashboards, one module each."""

from dashboards.pages import (
    alarms,
    authority,
    deformation,
    facility,
    health,
    instrument,
    piezometers,
    portfolio,
    seepage,
)
from dashboards.parts import Page

PAGES: tuple[Page, ...] = (
    portfolio.PAGE,
    facility.PAGE,
    piezometers.PAGE,
    deformation.PAGE,
    seepage.PAGE,
    instrument.PAGE,
    health.PAGE,
    alarms.PAGE,
    authority.PAGE,
)
