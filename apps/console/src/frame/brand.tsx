import { useLanguage } from '../language/language.tsx';
import styles from './frame.module.css';

export function Brand() {
  const { words } = useLanguage();
  return (
    <span className={styles.brand}>
      <img src="/icon.svg" alt="" width={24} height={24} />
      <span className={styles.brandName}>{words.name}</span>
    </span>
  );
}
