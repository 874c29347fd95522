import { useLanguage } from '../language/language.tsx';
import icon from './icon.svg?inline';
import styles from './frame.module.css';

/** The icon stands in the code: on the sign-in page nothing else would be answered. */
export function Brand() {
  const { words } = useLanguage();
  return (
    <span className={styles.brand}>
      <img src={icon} alt="" width={24} height={24} />
      <span className={styles.brandName}>{words.name}</span>
    </span>
  );
}
