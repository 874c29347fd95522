import { AutoComplete } from 'antd';
import { useNames } from '../frame/session.tsx';
import { useLanguage } from '../language/language.tsx';

interface UnitSelectProps {
  readonly value?: string | undefined;
  readonly onChange?: (value: string | undefined) => void;
  readonly also?: readonly string[];
  readonly id?: string;
}

/** The units we know of are offered; any other may be typed. */
export function UnitSelect({ value, onChange, also = [], id }: UnitSelectProps) {
  const { units } = useNames();
  const { words } = useLanguage();
  const known = [...new Set([...units, ...also])].sort();
  return (
    <AutoComplete
      {...(id ? { id } : {})}
      value={value ?? ''}
      onChange={(typed: string) => onChange?.(typed === '' ? undefined : typed)}
      options={known.map((unit) => ({ value: unit }))}
      showSearch={{
        filterOption: (typed, option) => String(option?.value).toLowerCase().includes(typed.toLowerCase()),
      }}
      placeholder={words.field.unit}
      aria-label={words.field.unit}
      allowClear
      style={{ width: '100%' }}
    />
  );
}
