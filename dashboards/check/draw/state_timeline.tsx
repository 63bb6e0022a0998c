// A stand-in for Grafana's state timeline: a row for each series, a coloured piece for each stretch of one value.
import { getFieldDisplayName } from '@grafana/data';

export function StateTimeline({ data, width, height, timeRange }: any) {
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const left = Math.min(220, width / 3);
  const row = Math.max(22, Math.min(48, (height - 10) / data.series.length));
  return (
    <div style={{ width, height, overflow: 'hidden' }}>
      {data.series.map((frame: any, index: number) => {
        const [times, values] = [frame.fields[0].values, frame.fields[1].values];
        const pieces = values.flatMap((value: any, at: number) => {
          if (value === null || value === values[at - 1]) return [];
          let end = at;
          while (end + 1 < values.length && values[end + 1] === value) end += 1;
          return [{ value, start: times[at], end: times[end + 1] ?? to }];
        });
        return (
          <div key={index} style={{ display: 'flex', height: row, alignItems: 'center' }}>
            <div style={{ width: left, fontSize: 12, textAlign: 'right', paddingRight: 6 }}>{getFieldDisplayName(frame.fields[1], frame, data.series)}</div>
            <div style={{ position: 'relative', width: width - left, height: row - 4 }}>
              {pieces.map((piece: any) => {
                const shown = frame.fields[1].display(piece.value);
                const x = ((piece.start - from) / (to - from)) * 100;
                const w = ((piece.end - piece.start) / (to - from)) * 100;
                return (
                  <div key={piece.start} style={{ position: 'absolute', left: `${x}%`, width: `${w}%`, height: '100%', background: shown.color, color: '#000', fontSize: 11, overflow: 'hidden', whiteSpace: 'nowrap' }}>
                    {shown.text}
                  </div>
                );
              })}
            </div>
          </div>
        );
      })}
    </div>
  );
}
