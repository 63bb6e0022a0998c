// Draw every dashboard given, below one another, with Grafana's scenes: its grid, its panel frame, its field options.
import { LoadingState, ThemeContext, dateTime, toDataFrame } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { EmbeddedScene, SceneDataNode, SceneDataTransformer, SceneGridItem, SceneGridLayout, SceneTimeRange, VizPanel } from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { Component, ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'react-router-dom';
import { MemoryRouter } from 'react-router-dom-v5-compat';
import gridStyle from '@grafana/react-data-grid/lib/styles.css';
import uplotStyle from 'uplot/dist/uPlot.min.css';
import { Given, Panel, given } from './given';
import { plugin } from './plugins';
import { failed, tellWhenDrawn } from './probe';
import { register, theme } from './registries';

register(plugin);
const timeRange: any = { from: dateTime(given.from), to: dateTime(given.to), raw: { from: given.from, to: given.to } };

function vizPanel(uid: string, panel: Panel): VizPanel {
  const key = `${uid}/${panel.id}`;
  const series = given.frames[key].map((frame) => toDataFrame(frame));
  const data: any = { state: LoadingState.Done, series, timeRange };
  return new VizPanel({
    key,
    pluginId: panel.type,
    title: panel.title,
    description: panel.description,
    fieldConfig: panel.fieldConfig,
    options: { ...panel.options, key },
    $data: new SceneDataTransformer({ $data: new SceneDataNode({ data }), transformations: panel.transformations ?? [] }),
  });
}

function sceneOf({ uid, panels, holes = [] }: Given['dashboards'][0]): EmbeddedScene {
  const children = panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    return new SceneGridItem({ x, y, width: w, height: h, body: vizPanel(uid, panel) });
  });
  for (const { x, y, w, h } of holes) children.push(new SceneGridItem({ x, y, width: w, height: h }));
  const body = new SceneGridLayout({ isDraggable: false, isResizable: false, children });
  return new EmbeddedScene({ $timeRange: new SceneTimeRange({ from: given.from, to: given.to }), body });
}

class Boundary extends Component<{ children: ReactNode }, { failure?: string }> {
  state: { failure?: string } = {};
  static getDerivedStateFromError = (error: Error) => ({ failure: String(error) });
  componentDidCatch = (error: Error) => failed(`${error.message} ${error.stack?.slice(0, 400)}`);
  render = () => this.state.failure ?? this.props.children;
}

const scenes = given.dashboards.map((one) => ({ uid: one.uid, scene: sceneOf(one) }));
createRoot(document.getElementById('root')!).render(
  <Boundary>
    <ThemeContext.Provider value={theme}>
      <style>{`${uplotStyle}${gridStyle}`}</style>
      <GlobalStyles />
      <Router history={locationService.getHistory()}>
        <MemoryRouter>
          <PortalContainer />
          {scenes.map(({ uid, scene }) => (
            <div key={uid} style={{ background: theme.colors.background.canvas, padding: 8, width: given.width, boxSizing: 'border-box' }}>
              <scene.Component model={scene} />
            </div>
          ))}
        </MemoryRouter>
      </Router>
    </ThemeContext.Provider>
  </Boundary>
);
tellWhenDrawn(Object.keys(given.frames));
