import { Form, Input, InputNumber, Segmented, Select, Switch } from 'antd';
import { CategorySelect } from '../fields/category-select.tsx';
import { InstantInput } from '../fields/instant-input.tsx';
import { UnitSelect } from '../fields/unit-select.tsx';
import { PackFieldItems } from '../form/pack-field-items.tsx';
import { UnderPack, useSession } from '../frame/session.tsx';
import type { Policy } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './receive-case.module.css';

/** Fields that not every version of the API takes: they are asked for where its document names them. */
type Documented = Readonly<Record<string, unknown>>;

export function ReceiveCaseFields({ properties }: { readonly properties: Documented }) {
  return (
    <>
      <WhatWasSaid />
      <WhoSaysIt />
      <WhereItBelongs properties={properties} />
    </>
  );
}

function WhatWasSaid() {
  const { words } = useLanguage();
  const required = [{ required: true, whitespace: true, message: words.form.required }];
  return (
    <section className={styles.section}>
      <div className={styles.kindRow}>
        <Form.Item name="kind" label={words.field.kind}>
          <Segmented options={Object.entries(words.kind).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="channel" label={words.field.channel} className={styles.grow}>
          <Select options={Object.entries(words.channel).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
      </div>
      <Form.Item name="subject" label={words.field.subject} rules={required}>
        <Input dir="auto" placeholder={words.receive.subjectHint} maxLength={200} />
      </Form.Item>
      <Form.Item name="content" label={words.receive.asSaid} extra={words.receive.asSaidHint} rules={required}>
        <Input.TextArea dir="auto" autoSize={{ minRows: 5, maxRows: 16 }} />
      </Form.Item>
    </section>
  );
}

function WhoSaysIt() {
  const { words } = useLanguage();
  return (
    <section className={styles.section}>
      <h3>{words.receive.who}</h3>
      <div className={styles.two}>
        <Form.Item name={['complainant', 'name']} label={words.field.name}>
          <Input dir="auto" autoComplete="off" />
        </Form.Item>
        <Form.Item name={['complainant', 'phone']} label={words.field.phone}>
          <Input type="tel" autoComplete="off" />
        </Form.Item>
        <Form.Item name={['complainant', 'email']} label={words.field.email}>
          <Input type="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name={['complainant', 'address']} label={words.field.address}>
          <Input dir="auto" autoComplete="off" />
        </Form.Item>
      </div>
    </section>
  );
}

/** The unit decides under which pack a case is opened, and so which categories and fields there are (O-1). */
function WhereItBelongs({ properties }: { readonly properties: Documented }) {
  const unit: unknown = Form.useWatch('unit');
  const asked = typeof unit === 'string' && unit !== '' ? `/policy?unit=${encodeURIComponent(unit)}` : undefined;
  const { data } = useRead<Policy>(asked);
  return (
    <UnderPack policy={asked === undefined ? undefined : data}>
      <Belongings properties={properties} />
    </UnderPack>
  );
}

function Belongings({ properties }: { readonly properties: Documented }) {
  const { words } = useLanguage();
  const { policy } = useSession();
  return (
    <section className={styles.section}>
      <h3>
        {words.receive.where} <small>{words.receive.optional}</small>
      </h3>
      <div className={styles.two}>
        <Form.Item name="category" label={words.field.category}>
          <CategorySelect />
        </Form.Item>
        <Form.Item name="unit" label={words.field.unit}>
          <UnitSelect />
        </Form.Item>
        <Form.Item name="persons" label={words.field.persons}>
          <InputNumber min={1} precision={0} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="circumstances" label={words.field.circumstances}>
          <Select
            mode="multiple"
            options={Object.entries(words.circumstance).map(([value, label]) => ({ value, label }))}
          />
        </Form.Item>
        {'externalReference' in properties && (
          <Form.Item name="externalReference" label={words.field.externalReference}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
        {'receivedByUnit' in properties && (
          <Form.Item name="receivedByUnit" label={words.field.receivedByUnit}>
            <UnitSelect />
          </Form.Item>
        )}
        {'answeredAtOnce' in properties && (
          <Form.Item name="answeredAtOnce" label={words.field.answeredAtOnce} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
        {'occurredAt' in properties && (
          <Form.Item name="occurredAt" label={words.receive.when} extra={words.receive.whenHint}>
            <InstantInput />
          </Form.Item>
        )}
      </div>
      <PackFieldItems fields={policy?.fields ?? []} under="fields" requiring={false} />
    </section>
  );
}
