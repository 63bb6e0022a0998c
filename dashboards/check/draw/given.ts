// What the tests give: a dashboard's own JSON, and the frames that Grafana's backend would have made of its answers.
export interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig: any;
  options: any;
  transformations?: any[];
}

export interface Given {
  dashboards: Array<{ uid: string; panels: Panel[]; holes?: Panel['gridPos'][] }>;
  frames: Record<string, any[]>; // by `uid/panel id`
  from: string;
  to: string;
  theme: 'dark' | 'light';
  width: number; // of the screen, in pixels
}

export const given: Given = (window as any).GIVEN;
