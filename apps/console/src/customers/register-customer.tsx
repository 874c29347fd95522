import { Button } from 'antd';
import { useState } from 'react';
import { CommandDrawer } from '../command/command-drawer.tsx';
import { useCommands } from '../command/open-api.ts';
import { go } from '../frame/place.ts';
import { useSession } from '../frame/session.tsx';
import { term, useLanguage } from '../language/language.tsx';

/** Opens the file of a new customer (C-1). */
export function RegisterCustomer() {
  const { words } = useLanguage();
  const { me } = useSession();
  const { opening, document } = useCommands('customers');
  const [isOpen, setOpen] = useState(false);
  if (!opening || !document || !opening.roles.includes(me.role)) return null;
  const title = term(words.customerCommand, opening.name);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {title}
      </Button>
      {isOpen && (
        <CommandDrawer
          to="/customers"
          etag={undefined}
          of={undefined}
          command={opening}
          {...{ document, title }}
          onClose={() => setOpen(false)}
          onWritten={(_, written) => go(`/customers/${encodeURIComponent(written?.customerId ?? '')}`)}
        />
      )}
    </>
  );
}
