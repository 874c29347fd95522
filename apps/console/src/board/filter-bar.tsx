import { SearchOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { CategorySelect } from '../fields/category-select.tsx';
import { UnitSelect } from '../fields/unit-select.tsx';
import { useLanguage } from '../language/language.tsx';
import styles from './board.module.css';
import { isFiltered, NO_FILTERS, type BoardFilters } from './filters.ts';

interface FilterBarProps {
  readonly filters: BoardFilters;
  readonly onFilter: (change: Partial<BoardFilters>, replace?: boolean) => void;
  readonly units: readonly string[];
}

const optionsOf = (terms: Readonly<Record<string, string>>) =>
  Object.entries(terms).map(([value, label]) => ({ value, label }));

/** Narrows the board by what is known of a case. */
export function FilterBar({ filters, onFilter, units }: FilterBarProps) {
  const { words } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  return (
    <search className={styles.filters} aria-label={words.board.filters} data-open={isOpen}>
      <TextFilter text={filters.text} onText={(text) => onFilter({ text }, true)} />
      <Button className={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {words.board.filters}
      </Button>
      <Select
        mode="multiple"
        maxTagCount="responsive"
        className={`${styles.wideFilter} ${styles.narrowing}`}
        placeholder={words.field.phase}
        aria-label={words.field.phase}
        value={[...filters.phases]}
        onChange={(phases: string[]) => onFilter({ phases })}
        options={optionsOf(words.phase)}
        allowClear
      />
      <OneOf
        label={words.field.severity}
        terms={words.severity}
        value={filters.severity}
        onChange={(severity) => onFilter({ severity })}
      />
      <div className={`${styles.filter} ${styles.narrowing}`}>
        <CategorySelect value={filters.category} onChange={(category) => onFilter({ category: category ?? '' })} />
      </div>
      <div className={`${styles.filter} ${styles.narrowing}`}>
        <UnitSelect also={units} value={filters.unit} onChange={(unit) => onFilter({ unit: unit ?? '' }, true)} />
      </div>
      <OneOf
        label={words.field.channel}
        terms={words.channel}
        value={filters.channel}
        onChange={(channel) => onFilter({ channel })}
      />
      <OneOf label={words.field.kind} terms={words.kind} value={filters.kind} onChange={(kind) => onFilter({ kind })} />
      <OneOf
        label={words.repeatFilter}
        terms={{ true: words.onlyRepeats, false: words.noRepeats }}
        value={filters.repeat}
        onChange={(repeat) => onFilter({ repeat: repeat as BoardFilters['repeat'] })}
      />
      {isFiltered(filters) && (
        <Button type="link" onClick={() => onFilter(NO_FILTERS)}>
          {words.board.clear}
        </Button>
      )}
    </search>
  );
}

interface OneOfProps {
  readonly label: string;
  readonly terms: Readonly<Record<string, string>>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function OneOf({ label, terms, value, onChange }: OneOfProps) {
  return (
    <Select
      className={`${styles.filter} ${styles.narrowing}`}
      placeholder={label}
      aria-label={label}
      value={value || null}
      onChange={(chosen: string | null | undefined) => onChange(chosen ?? '')}
      options={optionsOf(terms)}
      popupMatchSelectWidth={false}
      allowClear
    />
  );
}

const TYPING_PAUSE_MS = 300;

/** Asks once the typing pauses, not at every letter. */
function TextFilter({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const { words } = useLanguage();
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== text) {
    // The address changed by other means (back, a counter, clearing): it holds.
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(next);
      onText(next);
    }, TYPING_PAUSE_MS);
  };
  return (
    <Input
      className={styles.search}
      prefix={<SearchOutlined aria-hidden />}
      placeholder={words.board.search}
      aria-label={words.board.search}
      value={typed}
      onChange={(event) => type(event.target.value)}
      allowClear
    />
  );
}
