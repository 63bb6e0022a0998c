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

function drawn(): object {
  const panels = [...document.querySelectorAll<HTMLElement>('[data-viz-panel-key]')].map((section) => ({
    ...seen[section.dataset.vizPanelKey!],
    key: section.dataset.vizPanelKey,
    text: section.innerText,
    left: section.getBoundingClientRect().left,
    width: section.getBoundingClientRect().width,
    failure: section.querySelector('details')?.textContent,
    drawn: section.querySelectorAll('canvas, svg.chart').length,
  }));
  const units = getValueFormats().flatMap((one: any) => one.submenu.map((unit: any) => unit.value));
  return { panels, errors, units };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Tell the test what was drawn once every panel was, or after a minute whatever there is.
export async function tellWhenDrawn(keys: string[]): Promise<void> {
  for (let tries = 0; tries < 600 && !keys.every((key) => key in seen); tries += 1) await pause(100);
  await pause(500); // charts draw in the frame after their panel
  await fetch('/probe', { method: 'POST', body: JSON.stringify(drawn()) });
}
