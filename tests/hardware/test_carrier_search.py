"""The router's search: as cheap as the plainest one on boards of chance, round walls, through tolls, or none."""

import heapq
import random
from itertools import pairwise

import numpy as np
import pytest

from hardware.carrier.search import AGAINST, DIAGONAL, STRAIGHT, VIA, WALL, search

COLUMNS, ROWS = 14, 11


def cell(layer, x, y):
    return (layer * COLUMNS + x) * ROWS + y


def blank():
    """A board without anything on it: tracks and vias with their edge."""
    made = []
    for shape in ((2, COLUMNS, ROWS), (COLUMNS, ROWS)):
        grid = np.full(shape, WALL, dtype=np.uint8)
        grid[..., 1:-1, 1:-1] = 0
        made.append(grid)
    return made


def steps(tracks, vias, at):
    """Each neighbour of a cell and what the step costs, said once more and plainly."""
    layer, x, y = at
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
        there = (layer, x + dx, y + dy)
        corners = (tracks[layer, x + dx, y], tracks[layer, x, y + dy])
        if tracks[there] != WALL and not (dx and dy and WALL in corners):
            price = DIAGONAL if dx and dy else STRAIGHT if bool(dx) != bool(layer) else AGAINST
            yield there, price + int(tracks[there])
    if vias[x, y] != WALL and tracks[1 - layer, x, y] != WALL:
        yield (1 - layer, x, y), VIA + int(vias[x, y])


def least(tracks, vias, start, goal):
    """The least cost of a path, or None."""
    best, heap = {start: 0}, [(0, start)]
    while heap:
        cost, at = heapq.heappop(heap)
        if at == goal:
            return cost
        for there, price in steps(tracks, vias, at):
            if cost + price < best.get(there, 1 << 30):
                best[there] = cost + price
                heapq.heappush(heap, (cost + price, there))
    return None


def cost_of(tracks, vias, path):
    """What a path costs by the plain steps; a step that is none is a KeyError."""
    places = [tuple(int(n) for n in np.unravel_index(one, tracks.shape)) for one in path]
    return sum(dict(steps(tracks, vias, here))[there] for here, there in pairwise(places))


@pytest.mark.parametrize("seed", range(40))
def test_no_path_is_cheaper(seed):
    chance = random.Random(seed)
    tracks, vias = blank()
    for grid in (tracks, vias):
        for place in np.ndindex(grid.shape):
            if chance.random() < 0.35 and grid[place] != WALL:
                grid[place] = chance.choice((WALL, WALL, 60))
    start, goal = (0, 2, 2), (chance.randrange(2), 11, 8)
    for layer, x, y in (start, goal):
        tracks[layer, x, y] = 0
    path = search(tracks, vias, {cell(*start)}, {cell(*goal)})
    cheapest = least(tracks, vias, start, goal)
    if cheapest is None:
        assert path is None
    else:
        assert (path[0], path[-1]) == (cell(*start), cell(*goal))
        assert cost_of(tracks, vias, path) == cheapest


def test_some_of_those_boards_have_no_way_and_some_need_a_toll():
    """Else the test above would not have seen either."""
    tracks, vias = blank()
    tracks[:, 6] = WALL
    assert search(tracks, vias, {cell(0, 2, 5)}, {cell(0, 11, 5)}) is None
    tracks[0, 6, 5] = 60
    assert cost_of(tracks, vias, search(tracks, vias, {cell(0, 2, 5)}, {cell(0, 11, 5)})) == 9 * STRAIGHT + 60


def test_of_equal_ways_the_straight_one_is_taken():
    path = search(*blank(), {cell(0, 2, 2)}, {cell(0, 11, 5)})
    ways = [there - here for here, there in pairwise(path)]
    assert sum(one != other for one, other in pairwise(ways)) == 1


def test_without_a_goal_the_nearest_via_is_taken():
    tracks, vias = blank()
    vias[1:7, :] = WALL
    path = search(tracks, vias, {cell(0, 3, 5)}, None)
    assert path[-2:] == [cell(0, 7, 5), cell(1, 7, 5)]


def test_a_way_round_a_far_wall_is_found_beyond_the_surroundings():
    tracks = np.full((2, 300, 30), WALL, dtype=np.uint8)
    tracks[:, 1:-1, 1:-1] = 0
    tracks[:, 20:280, 15] = WALL
    start, goal = ((150, 10), (150, 20))
    numbers = [{x * 30 + y} for x, y in (start, goal)]
    path = search(tracks, np.full((300, 30), WALL, dtype=np.uint8), *numbers)
    assert len(path) > 250
