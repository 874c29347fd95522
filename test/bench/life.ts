import { newId, type Actor } from '#kernel';

export const ACTORS: readonly Actor[] = Array.from({ length: 20 }, () => ({
  id: newId(),
  role: 'supervisor' as const,
}));
export const pick = <T>(items: readonly T[], n: number): T => items[n % items.length]!;

const CHANNELS = ['phone', 'email', 'chat', 'web_form'];
const CATEGORIES = ['engineering_quality', 'sales_management', 'property_management', 'customer_service', 'other'];
const WORDS = [
  '电梯',
  '漏水',
  '停车',
  '噪音',
  '收费',
  'lift',
  'water',
  'parking',
  'noise',
  'invoice',
  'heating',
  'garden',
];

/** The life of case `n`, from its reception to its end; every fifth is left open. */
export function life(n: number): readonly (readonly [name: string, body: object])[] {
  const said = `${pick(WORDS, n)} ${pick(WORDS, n * 7 + 3)} ${n}`;
  const open = [
    [
      'ReceiveCase',
      {
        kind: 'complaint',
        channel: pick(CHANNELS, n),
        subject: said,
        content: `${said}: ${pick(WORDS, n * 5)} 三天了没有人来修。`,
        complainant: { name: `Caller ${n % 40_000}` },
        category: pick(CATEGORIES, n),
        persons: n % 50 === 0 ? 12 : 1,
      },
    ],
    ['AcceptCase', {}],
    ['AssignCase', { unit: `unit-${n % 12}`, owner: pick(ACTORS, n).id }],
  ] as const;
  if (n % 5 === 0) return open;
  return [
    ...open,
    ['GiveReply', { channel: 'phone', text: `We come on ${n % 28}.` }],
    ['AddNote', { text: 'Spare part ordered.' }],
    ['ReportProgress', { toCustomer: true, text: 'The part has come.' }],
    ['ResolveCase', { outcome: 'remedied', resolution: `${pick(WORDS, n)} repaired` }],
    ['NotifyCustomer', { channel: 'phone', inWriting: false }],
    ['RecordReturnVisit', { channel: 'phone', reached: true, satisfied: n % 3 > 0, score: n % 10 }],
    ['CloseCase', {}],
  ];
}
