import { Empty, Input } from 'antd';
import { useEffect, useState } from 'react';
import { Flag } from '../fields/marks.tsx';
import { PersonalLine } from '../fields/personal-value.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import { customerAddress } from '../frame/place.ts';
import { ProblemNote } from '../frame/problem-note.tsx';
import { useSession } from '../frame/session.tsx';
import type { Page } from '../http/shapes.ts';
import { useRead } from '../http/use-read.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';
import own from './customers.module.css';
import { RegisterCustomer } from './register-customer.tsx';
import type { CustomerRow } from './shapes.ts';

const MOST_ROWS = 200;

/** The customers, the newest first, and a search over all of them. */
export function CustomersPage() {
  const { words } = useLanguage();
  const { me } = useSession();
  const [text, setText] = useState('');
  const query = new URLSearchParams({ limit: String(MOST_ROWS), ...(text === '' ? {} : { text }) });
  const { data, problem, loading, refresh } = useRead<Page<CustomerRow>>(`/customers?${query.toString()}`);
  useEffect(() => {
    document.title = words.customer.list;
  }, [words]);
  return (
    <>
      <div className={own.head}>
        <h1 className={own.title}>{words.customer.list}</h1>
        <RegisterCustomer />
      </div>
      {me.permissions.includes('open_personal_data') && (
        <Input.Search
          allowClear
          className={own.search}
          placeholder={words.customer.search}
          aria-label={words.customer.search}
          onSearch={(typed) => setText(typed.trim())}
        />
      )}
      {problem && <ProblemNote problem={problem} onRetry={() => refresh()} />}
      {loading && <PageLoading />}
      {data?.items.length === 0 && (
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={text === '' ? words.customer.emptyAll : words.customer.empty}
        />
      )}
      <ul className={own.rows}>
        {data?.items.map((row) => (
          <li key={row.customerId}>
            <Row of={row} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Row({ of }: { readonly of: CustomerRow }) {
  const { words, language } = useLanguage();
  const { policy } = useSession();
  const tier = policy?.customers.tiers.find(({ id }) => id === of.tier)?.label;
  return (
    <a href={customerAddress(of.customerId)} className={own.row}>
      <strong>{of.erased ? words.personal.erased : <PersonalLine value={of.name} />}</strong>
      {!of.erased && <PersonalLine value={of.phone} />}
      <span>{of.unit ?? ''}</span>
      <span>
        {of.tier !== null && <Flag>{tier ? inLanguage(tier, language) : of.tier}</Flag>}{' '}
        {of.fileOverdue && <Flag tone="bad">{words.customer.fileOverdue}</Flag>}{' '}
        {of.qualityGrounds.length > 0 && <Flag>{words.customer.quality}</Flag>}{' '}
        {of.special && <Flag tone="warn">{words.customer.special}</Flag>}
      </span>
    </a>
  );
}
