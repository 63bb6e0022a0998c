// Grafana's core panels are not on npm. Time series, stat and table are drawn here by the components of @grafana/ui
// that Grafana's own panels were made of; state timeline and XY chart are stand-ins of ours that read the same options.
import { FieldDisplay, FieldType, PanelPlugin, cacheFieldDisplayNames, getFieldDisplayName, getFieldDisplayValues } from '@grafana/data';
import { BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { note } from './probe';
import { theme } from './registries';
import { StateTimeline } from './state_timeline';
import { XYChart } from './xy_chart';

const DEFAULTS: Record<string, Record<string, any>> = {
  timeseries: {
    drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, lineStyle: { fill: 'solid' }, fillOpacity: 0,
    gradientMode: 'none', showPoints: 'auto', pointSize: 5, spanNulls: false, axisPlacement: 'auto', axisLabel: '',
    scaleDistribution: { type: 'linear' }, hideFrom: { legend: false, tooltip: false, viz: false }, insertNulls: false,
    barAlignment: 0, barWidthFactor: 0.6, stacking: { mode: 'none', group: 'A' }, thresholdsStyle: { mode: 'off' },
    axisSoftMin: undefined, axisSoftMax: undefined, axisWidth: undefined, fillBelowTo: undefined, axisColorMode: 'text',
  },
  xychart: { show: 'points', pointSize: { fixed: 5 }, lineWidth: 2, lineStyle: { fill: 'solid' }, fillOpacity: 50 },
  table: { align: 'auto', inspect: false, filterable: false, cellOptions: { type: 'auto' }, width: undefined, minWidth: 50, wrapText: false, hideFrom: undefined },
  'state-timeline': { lineWidth: 0, fillOpacity: 70 },
  stat: {},
};

const hasRows = (props: any) => props.data.series.some((frame: any) => frame.length > 0);
const Nothing = (props: any) => (
  <div className="nothing" style={{ padding: 16, textAlign: 'center' }}>{props.fieldConfig.defaults.noValue ?? 'No data'}</div>
);

function Lines(props: any) {
  const { data, width, height, timeRange, options } = props;
  return <TimeSeries frames={data.series} width={width} height={height} timeRange={timeRange} timeZone="utc" legend={options.legend} options={options} />;
}

function Stat(props: any) {
  const { data, width, height, options, fieldConfig } = props;
  const values = () => getFieldDisplayValues({
    fieldConfig, theme, data: data.series, timeZone: 'utc', reduceOptions: options.reduceOptions, replaceVariables: (text) => text,
  });
  const draw = ({ value, width, height, count }: any) => (
    <BigValue value={value.display} width={width} height={height} theme={theme} count={count} colorMode={options.colorMode}
      graphMode={'none' as any} textMode={options.textMode} justifyMode={options.justifyMode} />
  );
  return <VizRepeater<FieldDisplay, any> getValues={values} renderValue={draw} source={data} width={width} height={height} itemSpacing={3} autoGrid orientation={options.orientation} renderCounter={0} />;
}

function Rows(props: any) {
  const { data, width, height, options, fieldConfig } = props;
  cacheFieldDisplayNames(data.series);
  return (
    <TableNG data={data.series[0]} width={width} height={height} sortBy={options.sortBy} fieldConfig={fieldConfig}
      timeRange={props.timeRange} getActions={() => []} structureRev={1} />
  );
}

const DRAWN: Record<string, any> = { timeseries: Lines, stat: Stat, table: Rows, 'state-timeline': StateTimeline, xychart: XYChart };
const made = new Map<string, any>();

function fieldsOf(data: any) {
  return data.series.flatMap((frame: any) =>
    frame.fields
      .filter((field: any) => field.type !== FieldType.time)
      .map((field: any) => {
        const known = field.values.filter((value: any) => value !== null && value !== undefined);
        const shown = field.display?.(known.at(-1));
        return {
          name: getFieldDisplayName(field, frame, data.series),
          refId: frame.refId,
          unit: field.config.unit,
          values: known.length,
          shown: known.length ? `${shown?.prefix ?? ''}${shown?.text}${shown?.suffix ?? ''}` : '',
          thresholds: field.config.thresholds?.steps.length,
          color: field.config.color?.fixedColor,
          style: field.config.custom?.lineStyle?.fill ?? field.config.custom?.show,
          named: field.config.custom?.hideFrom?.legend !== true,
        };
      })
  );
}

export function plugin(id: string): any {
  if (!made.has(id)) {
    const Drawn = DRAWN[id];
    const panel = (props: any) => {
      note(props.options.key, { type: id, fields: fieldsOf(props.data), rows: hasRows(props) });
      return hasRows(props) ? <Drawn {...props} /> : <Nothing {...props} />;
    };
    const one: any = new PanelPlugin(panel).useFieldConfig({
      useCustomConfig: (builder: any) => {
        for (const [name, defaultValue] of Object.entries(DEFAULTS[id])) {
          builder.addCustomEditor({
            id: name, path: name, name, defaultValue, editor: () => null, override: () => null,
            process: (value: any) => value, shouldApply: () => true,
          });
        }
      },
    });
    one.meta = { id, name: id, info: { version: '13.2.2' }, type: 'panel' };
    made.set(id, one);
  }
  return made.get(id);
}
