/** The views of a data folder. Derived: it is left out of backups and may be deleted while nothing runs. */
export const VIEWS_FILE = 'views.db';
