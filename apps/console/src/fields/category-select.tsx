import { TreeSelect } from 'antd';
import { useMemo } from 'react';
import { useSession } from '../frame/session.tsx';
import type { Category } from '../http/shapes.ts';
import { inLanguage, useLanguage, type Language } from '../language/language.tsx';

interface CategorySelectProps {
  readonly value?: string | undefined;
  readonly onChange?: (value: string | undefined) => void;
  readonly placeholder?: string;
  readonly id?: string;
}

interface TreeNode {
  value: string;
  title: string;
  children: TreeNode[];
}

const treeOf = (categories: readonly Category[], language: Language): TreeNode[] =>
  categories.map(({ id, label, children }) => ({
    value: id,
    title: inLanguage(label, language),
    children: treeOf(children ?? [], language),
  }));

/** The pack's tree of categories (I-8). */
export function CategorySelect({ value, onChange, placeholder, id }: CategorySelectProps) {
  const { policy } = useSession();
  const { language, words } = useLanguage();
  const treeData = useMemo(() => treeOf(policy?.categories ?? [], language), [policy, language]);
  return (
    <TreeSelect
      {...(id ? { id } : {})}
      value={value || undefined}
      onChange={(chosen: string | undefined) => onChange?.(chosen)}
      treeData={treeData}
      placeholder={placeholder ?? words.field.category}
      aria-label={placeholder ?? words.field.category}
      allowClear
      showSearch={{ treeNodeFilterProp: 'title' }}
      treeDefaultExpandAll
      popupMatchSelectWidth={false}
      style={{ width: '100%' }}
    />
  );
}
