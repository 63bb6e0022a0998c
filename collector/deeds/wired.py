"""The pages on which people act, and the replay of a set of limits, wired to one running collector."""

from functools import partial
from pathlib import Path

from starlette.routing import BaseRoute

from collector.acts.door import POLICY_NAME
from collector.deeds import pages
from collector.deeds.set_draft import Drafts
from collector.hand.reader import HandReader
from collector.recompute.job import Previews
from collector.replay_set import door as replay_door
from collector.rooms import Rooms
from collector.store import STORE_NAME
from collector.web.shell import Shell
from collector.works import seen as seen_works
from seepline.sets.in_force import with_draft, with_proposals
from seepline.sets.limit_set import LimitSet
from seepline.sets.site_fit import site_problems
from seepline.site import Site


def routes(rooms: Rooms, data: Path, shell: Shell, previews: Previews) -> list[BaseRoute]:
    """Return the routes."""
    shown = replay_door.Shown(partial(_judged, rooms), partial(_drafted, rooms), rooms.reader, rooms.now_ms)
    deeds = pages.Deeds(
        shell,
        rooms.reader,
        Drafts(rooms.site, rooms.reader, data / POLICY_NAME),
        partial(seen_works.works, rooms.reader),
        HandReader(data / STORE_NAME).photos_of,
        previews,
    )
    return [*replay_door.routes(shown), *pages.routes(deeds)]


def _judged(rooms: Rooms) -> Site:
    """Return the site with the sets of limits that were decided, and those that are proposed, to be replayed."""
    return with_proposals(rooms.site, rooms.reader.register())


def _drafted(rooms: Rooms, limits: LimitSet) -> Site:
    """Return such a site with a set that nobody submitted; raises ValueError when it does not fit."""
    if problems := list(site_problems(limits, rooms.site)):
        raise ValueError("\n".join(map(str, problems)))
    return with_draft(rooms.site, rooms.reader.register(), limits)
