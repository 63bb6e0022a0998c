// Bundle what draws our dashboards into the file given: `node build.mjs out.js`.
import path from 'node:path';
import { build } from 'esbuild';

// Grafana's scenes speak React Router 6 through the version that its libraries bring.
const router = {
  name: 'router of scenes',
  setup(on) {
    on.onResolve({ filter: /^react-router-dom$/ }, (asked) =>
      asked.importer.includes('scenes')
        ? on.resolve('react-router-dom-v5-compat', { resolveDir: process.cwd(), kind: asked.kind })
        : undefined
    );
  },
};

// What is installed for nothing that we draw (package.json, overrides), by whatever path it is asked for.
const leftOut = {
  name: 'left out',
  setup(on) {
    on.onResolve({ filter: /^(ol|monaco-editor|@monaco-editor\/react)\// }, () => ({ path: path.resolve('left-out/index.js') }));
  },
};

await build({
  entryPoints: ['draw/page.tsx'],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  jsx: 'automatic',
  loader: { '.svg': 'text', '.css': 'text', '.ttf': 'empty', '.woff': 'empty', '.woff2': 'empty', '.png': 'empty' },
  define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'window' },
  plugins: [router, leftOut],
  logLevel: 'error',
});
