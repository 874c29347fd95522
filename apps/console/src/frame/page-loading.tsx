import { Spin } from 'antd';
import { useLanguage } from '../language/language.tsx';
import styles from './frame.module.css';

export function PageLoading() {
  const { words } = useLanguage();
  return (
    <div className={styles.loading} role="status" aria-label={words.board.loading}>
      <Spin size="large" delay={200} />
    </div>
  );
}
