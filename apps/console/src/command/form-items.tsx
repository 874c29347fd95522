import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, type FormRule as Rule } from 'antd';
import { PackFieldItems } from '../form/pack-field-items.tsx';
import type { CaseShown } from '../http/shapes.ts';
import type { Dictionary } from '../language/en.ts';
import { term, useLanguage } from '../language/language.tsx';
import styles from './command.module.css';
import { FieldControl } from './field-control.tsx';
import type { FormField, Subject } from './form-fields.ts';

interface FormItemsProps {
  readonly fields: readonly FormField[];
  readonly of: Subject | undefined;
  readonly under?: readonly (string | number)[];
  /** Optional groups ask for nothing unless something in them is filled in. */
  readonly optional?: boolean;
}

/** The fields of a command one under the other, groups with their own fields indented. */
export function FormItems({ fields, of, under = [], optional = false }: FormItemsProps) {
  return fields.map((field) => <FormItem key={field.name} {...{ field, of, under, optional }} />);
}

interface FormItemProps {
  readonly field: FormField;
  readonly of: Subject | undefined;
  readonly under: readonly (string | number)[];
  readonly optional: boolean;
}

function FormItem({ field, of, under, optional }: FormItemProps) {
  const { words } = useLanguage();
  const label = term(words.field, field.name);
  const path = [...under, field.name];
  if (field.kind === 'group') {
    return (
      <fieldset className={styles.group}>
        <legend>{label}</legend>
        <FormItems fields={field.fields} of={of} under={path} optional={optional || !field.required} />
      </fieldset>
    );
  }
  if (field.kind === 'ofPack') {
    return of && 'rules' in of ? <OfPack name={field.name} label={label} of={of as CaseShown} /> : null;
  }
  if (field.kind === 'groups') return <Groups field={field} of={of} path={path} label={label} />;
  const isRequired = field.required && !optional;
  return (
    <Form.Item
      name={path}
      label={label}
      {...(field.name === 'occurredAt' ? { extra: words.receive.whenHint } : {})}
      {...(field.kind === 'boolean' && field.required ? { initialValue: false } : {})}
      {...(field.required && field.kind === 'choice' && field.options.length === 1
        ? { initialValue: field.options[0] }
        : {})}
      rules={rulesOf(field, isRequired, words)}
    >
      <FieldControl field={field} of={of} />
    </Form.Item>
  );
}

/** Fields of the pack: those of the step that is chosen, else those of every case. */
function OfPack({ name, label, of }: { readonly name: string; readonly label: string; readonly of: CaseShown }) {
  const step: unknown = Form.useWatch('step');
  const { rules } = of;
  const fields = name === 'values' ? (rules.steps.find(({ id }) => id === step)?.fields ?? []) : rules.fields;
  if (fields.length === 0) return null;
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <PackFieldItems fields={fields} under={name} requiring={name === 'values'} />
    </fieldset>
  );
}

function rulesOf({ pattern, kind }: FormField, isRequired: boolean, words: Dictionary): Rule[] {
  const hasForm = pattern !== undefined && (kind === 'line' || kind === 'unit');
  return [
    ...(isRequired ? [{ required: true, message: words.form.required }] : []),
    ...(hasForm ? [{ pattern: new RegExp(pattern, 'u'), message: words.form.malformed }] : []),
  ];
}

interface GroupsProps {
  readonly field: FormField;
  readonly of: Subject | undefined;
  readonly path: readonly (string | number)[];
  readonly label: string;
}

function Groups({ field, of, path, label }: GroupsProps) {
  const { words } = useLanguage();
  return (
    <Form.List name={[...path]}>
      {(rows, { add, remove }) => (
        <fieldset className={styles.group}>
          <legend>{label}</legend>
          {rows.map(({ key, name }) => (
            <div key={key} className={styles.groupRow}>
              <div>
                <FormItems fields={field.fields} of={of} under={[name]} />
              </div>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={words.form.remove}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Button type="dashed" block icon={<PlusOutlined />} onClick={() => add()}>
            {words.form.add}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}
