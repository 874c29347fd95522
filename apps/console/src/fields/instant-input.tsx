import { Input } from 'antd';
import type { Instant } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { viewersZone } from '../time/instants.tsx';

interface InstantInputProps {
  readonly value?: Instant | undefined;
  readonly onChange?: (value: Instant | undefined) => void;
  readonly id?: string;
  readonly label?: string;
}

/** The browser's own picker in the viewer's zone: it works by keyboard and on a phone; the value is in UTC. */
export function InstantInput({ value, onChange, id, label }: InstantInputProps) {
  const { locale } = useLanguage();
  return (
    <Input
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label } : {})}
      type="datetime-local"
      step={1}
      max="9999-12-31T23:59:59"
      title={viewersZone(locale)}
      value={value === undefined ? '' : localText(value)}
      onChange={(event) => onChange?.(instantOf(event.target.value))}
    />
  );
}

/** `2026-11-22T13:05:00` in the viewer's zone, as the browser's picker wants it. */
function localText(at: Instant): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function instantOf(text: string): Instant | undefined {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
