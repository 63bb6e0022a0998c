// Mounting plate of the box. Every number comes from box.toml (python -m hardware.enclosure passes them).
width = 0; height = 0; thickness = 0; corner_hole = 0; corner_inset = 0;
rail_hole = 0; rail_length = 0; rails_y = []; earth_bolt = 0;
$fn = 48;

module hole(x, y, d) { translate([x, y]) circle(d = d); }

linear_extrude(thickness) difference() {
  square([width, height]);
  for (x = [corner_inset, width - corner_inset], y = [corner_inset, height - corner_inset]) hole(x, y, corner_hole);
  for (y = rails_y, x = [width / 2 - rail_length / 2 + 20, width / 2 + rail_length / 2 - 20]) hole(x, y, rail_hole);
  hole(width - 2 * corner_inset - 10, corner_inset + 10, earth_bolt);
}
