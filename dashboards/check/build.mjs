// Bundle what draws our dashboards into the file given: `node build.mjs out.js`.
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
  plugins: [router],
  logLevel: 'error',
});
