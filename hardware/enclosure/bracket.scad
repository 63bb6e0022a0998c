// Pole bracket: a flat bar with slots for a U-bolt and holes to the box. Every number comes from box.toml.
length = 0; width = 0; thickness = 0; pole = 0; bolt = 0; bolt_slack = 0; box_hole = 0; box_pitch = 0;
flat = false; // true: the outline for a cutter
$fn = 48;

module slot(x) { hull() for (dx = [-bolt_slack, bolt_slack]) translate([x + dx, 0]) circle(d = bolt); }

module outline() difference() {
  translate([-length / 2, -width / 2]) square([length, width]);
  for (side = [-1, 1]) { slot(side * (pole + bolt) / 2); translate([side * box_pitch / 2, 0]) circle(d = box_hole); }
}

if (flat) outline(); else linear_extrude(thickness) outline();
