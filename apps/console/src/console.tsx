import { Button, Result } from 'antd';
import { BoardPage } from './board/board-page.tsx';
import { CasePage } from './case/case-page.tsx';
import { CustomerPage } from './customers/customer-page.tsx';
import { CustomersPage } from './customers/customers-page.tsx';
import { boardAddress, usePlace } from './frame/place.ts';
import { SessionProvider } from './frame/session.tsx';
import { Shell } from './frame/shell.tsx';
import { Theme } from './frame/theme.tsx';
import { LiveProvider } from './http/live.tsx';
import { LanguageProvider, useLanguage } from './language/language.tsx';

export function Console() {
  return (
    <LanguageProvider>
      <Theme>
        <SessionProvider>
          <LiveProvider>
            <Shell>
              <PageAtPlace />
            </Shell>
          </LiveProvider>
        </SessionProvider>
      </Theme>
    </LanguageProvider>
  );
}

function PageAtPlace() {
  const place = usePlace();
  const caseId = /^\/cases\/([^/]+)$/.exec(place.path)?.[1];
  if (caseId !== undefined) return <CasePage key={caseId} caseId={caseId} query={place.query} />;
  const customerId = /^\/customers\/([^/]+)$/.exec(place.path)?.[1];
  if (customerId !== undefined) return <CustomerPage key={customerId} customerId={customerId} />;
  if (place.path === '/customers') return <CustomersPage />;
  if (place.path === '/') return <BoardPage place={place} />;
  return <NoSuchPage />;
}

function NoSuchPage() {
  const { words } = useLanguage();
  return (
    <Result
      status="404"
      title={words.frame.notFound}
      extra={<Button href={boardAddress()}>{words.frame.toBoard}</Button>}
    />
  );
}
