// A flat part with round holes and slots. Every number comes from box.toml (hardware/enclosure/solids.py gives them).
corner = []; size = []; thickness = 0;
holes = []; // [x, y, across]
slots = []; // [x, y, across, how far its ends' centres lie to each side]
flat = false; // true: the outline for a cutter
$fn = 48;

module slot(s) { hull() for (x = [s.x - s[3], s.x + s[3]]) translate([x, s.y]) circle(d = s[2]); }

module outline() difference() {
  translate(corner) square(size);
  for (h = holes) translate([h.x, h.y]) circle(d = h[2]);
  for (s = slots) slot(s);
}

if (flat) outline(); else linear_extrude(thickness) outline();
