import { Form, Input, InputNumber, Segmented, Select } from 'antd';
import type { ReactNode } from 'react';
import { InstantInput } from '../fields/instant-input.tsx';
import type { PackField } from '../http/shapes.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';

interface PackFieldItemsProps {
  readonly fields: readonly PackField[];
  /** The member of the command that takes the values. */
  readonly under: string;
  /** Whether fields that the pack requires must be filled; an intake is recorded whatever is missing (I-2). */
  readonly requiring?: boolean;
}

/** Fields of an organisation's own, in the words of its pack (section 12, I-2, H-4). */
export function PackFieldItems({ fields, under, requiring = true }: PackFieldItemsProps) {
  const { words, language } = useLanguage();
  return fields.map((field) => (
    <Form.Item
      key={field.id}
      name={[under, field.id]}
      label={inLanguage(field.label, language)}
      rules={field.required && requiring ? [{ required: true, message: words.form.required }] : []}
    >
      <PackFieldControl field={field} />
    </Form.Item>
  ));
}

interface PackFieldControlProps {
  readonly field: PackField;
  /** What the form's item hands down. */
  readonly id?: string;
  readonly value?: never;
  readonly onChange?: never;
}

function PackFieldControl({ field, ...bound }: PackFieldControlProps): ReactNode {
  const { language } = useLanguage();
  switch (field.type) {
    case 'text':
      return <Input.TextArea {...bound} dir="auto" autoSize={{ minRows: 2, maxRows: 12 }} />;
    case 'code':
      return <Input {...bound} dir="auto" />;
    case 'choice': {
      const options = (field.choices ?? []).map(({ id, label }) => ({ value: id, label: inLanguage(label, language) }));
      return <Select {...bound} options={options} allowClear={!field.required} />;
    }
    case 'yes_no':
      return <YesOrNo {...bound} />;
    case 'number':
      return <InputNumber {...bound} style={{ width: '100%' }} />;
    case 'instant':
      return <InstantInput {...bound} />;
    case 'date':
      return <Input {...bound} type="date" max="9999-12-31" />;
    default:
      return field.type satisfies never;
  }
}

function YesOrNo({ id, value, onChange }: Omit<PackFieldControlProps, 'field'>) {
  const { words } = useLanguage();
  const given = value as boolean | undefined;
  const change = onChange as ((value: boolean) => void) | undefined;
  return (
    <Segmented<string>
      {...(id ? { id } : {})}
      value={given === undefined ? '' : given ? 'yes' : 'no'}
      onChange={(chosen) => change?.(chosen === 'yes')}
      options={(['yes', 'no'] as const).map((one) => ({ value: one, label: words.form[one] }))}
    />
  );
}
