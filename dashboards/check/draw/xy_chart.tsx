// A stand-in for Grafana's XY chart in its mode `auto`: x by its matcher, each other number of a frame is a line.
import { FieldType, formattedValueToString, getFieldDisplayName, getFieldMatcher } from '@grafana/data';
import { theme } from './registries';

const PAD = { left: 64, right: 12, top: 8, bottom: 28 };

function seriesOf(data: any, options: any) {
  const isX = getFieldMatcher(options.series[0].x.matcher);
  return data.series.flatMap((frame: any) => {
    const x = frame.fields.find((field: any) => field.type === FieldType.number && isX(field, frame, data.series));
    const ys = frame.fields.filter((field: any) => field.type === FieldType.number && field !== x);
    return x ? ys.map((y: any) => ({ name: getFieldDisplayName(y, frame, data.series), x, y })) : [];
  });
}

const range = (values: number[]) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) * 0.05;
  return [low - margin, high + margin];
};

export function XYChart({ data, width, height, options }: any) {
  const series = seriesOf(data, options);
  if (!series.length) return null;
  const [x0, x1] = range(series.flatMap((one: any) => one.x.values));
  const [y0, y1] = range(series.flatMap((one: any) => one.y.values));
  const h = height - 46; // a legend of two lines on a phone
  const px = (x: number) => PAD.left + ((x - x0) / (x1 - x0)) * (width - PAD.left - PAD.right);
  const py = (y: number) => h - PAD.bottom - ((y - y0) / (y1 - y0)) * (h - PAD.top - PAD.bottom);
  const ticks = (low: number, high: number) => [0, 1, 2, 3, 4].map((one) => low + ((high - low) * (one + 0.5)) / 5);
  const decimals = (low: number, high: number) => Math.max(0, Math.ceil(1 - Math.log10(high - low)));
  const say = (field: any, value: number, least: number) => formattedValueToString(field.display(value, least));
  const colorOf = (one: any) => one.y.config.color?.fixedColor ?? theme.colors.text.primary;
  return (
    <div>
      <svg className="chart" width={width} height={h} fontSize={12} fill={theme.colors.text.secondary}>
        {ticks(y0, y1).map((y) => (
          <g key={y}>
            <line x1={PAD.left} x2={width - PAD.right} y1={py(y)} y2={py(y)} stroke={theme.colors.border.weak} />
            <text x={PAD.left - 6} y={py(y) + 4} textAnchor="end">{say(series[0].y, y, decimals(y0, y1))}</text>
          </g>
        ))}
        {ticks(x0, x1).map((x) => <text key={x} x={px(x)} y={h - 8} textAnchor="middle">{say(series[0].x, x, decimals(x0, x1))}</text>)}
        {series.map((one: any) => {
          const points = one.x.values.map((x: number, at: number) => [px(x), py(one.y.values[at])]);
          const show = one.y.config.custom.show;
          return (
            <g key={one.name}>
              {show !== 'points' && <polyline points={points.join(' ')} fill="none" stroke={colorOf(one)} strokeWidth={one.y.config.custom.lineWidth} />}
              {show !== 'lines' && points.map(([x, y]: any, at: number) => <circle key={at} cx={x} cy={y} r={one.y.config.custom.pointSize.fixed / 2} fill={colorOf(one)} />)}
            </g>
          );
        })}
      </svg>
      <div className="legend">{series.map((one: any) => <span key={one.name} style={{ marginRight: 12 }}><b style={{ color: colorOf(one) }}>━ </b>{one.name}</span>)}</div>
    </div>
  );
}
