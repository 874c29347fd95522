/** A figure with the ceiling that was measured in the same run, and what we aim at. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ceiling?: { readonly name: string; readonly value: number };
  /** A share of the ceiling to reach, or a bound on the value itself. */
  readonly aim?: { readonly share: number } | { readonly atMost: number };
}

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toLocaleString('en', { maximumFractionDigits: 2 });

/** One line per figure: `name  value unit  (share of ceiling; aim)`. */
export function line({ name, value, unit, ceiling, aim }: Figure): string {
  const share = ceiling === undefined ? undefined : value / ceiling.value;
  const reached = aim === undefined ? undefined : 'share' in aim ? share! >= aim.share : value <= aim.atMost;
  return [
    name.padEnd(58),
    `${rounded(value)} ${unit}`.padStart(18),
    share === undefined ? '' : ` = ${share.toFixed(2)} of ${rounded(ceiling!.value)} (${ceiling!.name})`,
    aim === undefined
      ? ''
      : ` aim ${'share' in aim ? aim.share : `under ${rounded(aim.atMost)}`}: ${reached ? 'met' : 'not met'}`,
  ].join(' ');
}

/** The value below which the share `p` of the samples lies. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!;
}
