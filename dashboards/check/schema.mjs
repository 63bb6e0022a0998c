// Write JSON schemas of what Grafana's own types say, into the folder given: `node schema.mjs schema`.
// Relaxed: an annotation's target is a database's question, of any keys; what a panel lacks gets Grafana's default.
import fs from 'node:fs';
import path from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

const RAW = path.resolve('node_modules/@grafana/schema/dist/types/raw');
const PANELS = { stat: 'stat', 'state-timeline': 'statetimeline', table: 'table', timeseries: 'timeseries', xychart: 'xychart' };
const types = [['dashboard', 'dashboard/x/types.gen.d.ts', 'Dashboard']];
for (const [panel, folder] of Object.entries(PANELS)) {
  const file = `composable/${folder}/panelcfg/x/types.gen.d.ts`;
  types.push([`${panel}-options`, file, 'Options']);
  types.push([`${panel}-field-config`, file, 'FieldConfig']);
}

function schemaOf(file, type) {
  const made = createGenerator({ path: path.join(RAW, file), type, skipTypeCheck: true, additionalProperties: false, jsDoc: 'none', tsconfig: 'tsconfig.json' });
  const schema = made.createSchema(type);
  const { AnnotationTarget } = schema.definitions;
  if (AnnotationTarget) {
    delete AnnotationTarget.required;
    delete AnnotationTarget.additionalProperties;
  }
  if (type !== 'Dashboard') for (const one of Object.values(schema.definitions)) delete one.required;
  return schema;
}

const out = process.argv[2];
fs.mkdirSync(out, { recursive: true });
for (const [name, file, type] of types) {
  if (!fs.readFileSync(path.join(RAW, file), 'utf8').match(new RegExp(`(interface|type) ${type}\\b`))) continue;
  fs.writeFileSync(path.join(out, `${name}.json`), JSON.stringify(schemaOf(file, type), null, 1) + '\n');
}
