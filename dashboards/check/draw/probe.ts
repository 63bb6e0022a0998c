// What was drawn, as data: the tests compare this, never pixels.
import { getValueFormats } from '@grafana/data';

const seen: Record<string, any> = {};
const errors: string[] = [];

export const note = (key: string, what: any) => {
  seen[key] = what;
};
export const failed = (what: string) => errors.push(what);

window.addEventListener('error', (event) => failed(event.message));
window.addEventListener('unhandledrejection', (event: any) => failed(String(event.reason?.message ?? event.reason)));

function legendOf(section: Element): string[] {
  const items = section.querySelectorAll('[class*="LegendLabel-"], button[aria-label], .legend span');
  return [...new Set([...items].map((one) => (one.textContent ?? '').trim()).filter(Boolean))];
}

export function write(): void {
  const panels = [...document.querySelectorAll('[data-viz-panel-key]')].map((section) => ({
    ...seen[section.getAttribute('data-viz-panel-key')!],
    key: section.getAttribute('data-viz-panel-key'),
    text: (section as HTMLElement).innerText,
    legend: legendOf(section),
    failure: section.querySelector('details')?.textContent,
    drawn: section.querySelectorAll('canvas, svg.chart').length,
  }));
  const units = getValueFormats().flatMap((one: any) => one.submenu.map((unit: any) => unit.value));
  const place = document.createElement('script');
  place.id = 'probe';
  place.type = 'application/json';
  place.textContent = JSON.stringify({ panels, errors, units }).replaceAll('<', '\\u003c');
  document.body.appendChild(place);
}
