import type { Instant, Json, JsonObject } from '#kernel';
import type { FormRule, PackField } from '#policy';
import type { ShownPart } from '#views/case-replay';
import { markup, Markup } from './markup.js';
import type { Language } from './language.js';

/** A form as it was filled, with its personal words as the reader may see them. */
export interface FilledForm {
  readonly formId: string;
  readonly form: string;
  readonly by: string;
  readonly at: Instant;
  readonly values: JsonObject;
  readonly words?: ShownPart;
}

/** What stands on the sheet of paper. */
export interface FormPrinted {
  readonly form: FormRule;
  readonly ref: string;
  /** Undefined where nobody has filled it: what is printed is filled by hand. */
  readonly filled: FilledForm | undefined;
  readonly version: number;
  readonly versions: number;
  /** Who filled it, by name. */
  readonly by: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly printedAt: Instant;
}

const WORDS = {
  zh: {
    case: '个案编号',
    version: (version: number, of: number) => `第 ${version} 版，共 ${of} 版`,
    notFilled: '尚未填写',
    filledBy: '填写人',
    filledAt: '填写时间',
    printedAt: '打印时间',
    signature: '签字',
    date: '日期',
    yes: '是',
    no: '否',
    hint: '用浏览器的打印功能打印本页（Ctrl+P）。',
    erased: '已应要求删除',
    lost: '密钥丢失，无法读取',
    withheld: '不予显示',
  },
  en: {
    case: 'Case',
    version: (version: number, of: number) => `Version ${version} of ${of}`,
    notFilled: 'Not filled yet',
    filledBy: 'Filled by',
    filledAt: 'Filled at',
    printedAt: 'Printed at',
    signature: 'Signature',
    date: 'Date',
    yes: 'Yes',
    no: 'No',
    hint: 'Print this page with your browser (Ctrl+P).',
    erased: 'erased on request',
    lost: 'cannot be read: its key is lost',
    withheld: 'withheld',
  },
} as const;

const LOCALES: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

/** Section 12: a form as a page that prints on one or more sheets of A4. It runs no script and needs no file. */
export function formPage(of: FormPrinted): string {
  const words = WORDS[of.language];
  const label = of.form.label[of.language];
  const { filled } = of;
  const standing = filled === undefined ? words.notFilled : words.version(of.version, of.versions);
  return markup`<!doctype html>
<html lang="${LOCALES[of.language]}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${label} · ${of.ref}</title>
<style>${new Markup(STYLE)}</style></head>
<body>
<p class="hint">${words.hint}</p>
<main>
<header><h1>${label}</h1><p>${words.case} <strong>${of.ref}</strong> · ${standing}</p></header>
<table><tbody>
${of.form.fields.map((field) => line(field, of))}</tbody></table>
<dl>
${filled === undefined ? [] : [pair(words.filledBy, of.by), pair(words.filledAt, told(filled.at, of))]}
${pair(words.printedAt, told(of.printedAt, of))}
</dl>
<div class="sign"><span>${words.signature}</span><span>${words.date}</span></div>
<footer>${of.form.source}</footer>
</main>
</body></html>
`.text;
}

const pair = (name: string, value: string): Markup => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const line = (field: PackField, of: FormPrinted): Markup =>
  markup`<tr><th scope="row">${field.label[of.language]}</th><td dir="auto">${valueOf(field, of)}</td></tr>
`;

function valueOf(field: PackField, of: FormPrinted): string | Markup {
  const { filled } = of;
  if (filled === undefined) return '';
  if (!field.personal) return worded(field, filled.values[field.id], of);
  const { words } = filled;
  if (words === undefined) return '';
  if (!('value' in words)) return markup`<em>${unreadable(words, of.language)}</em>`;
  return worded(field, (words.value as JsonObject)[field.id], of);
}

function unreadable(part: Exclude<ShownPart, { readonly value: unknown }>, language: Language): string {
  const words = WORDS[language];
  if ('erased' in part) return words.erased;
  return 'lost' in part ? words.lost : words.withheld;
}

function worded(field: PackField, value: Json | undefined, of: FormPrinted): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return WORDS[of.language][value ? 'yes' : 'no'];
  if (field.type === 'instant' && typeof value === 'string') return told(value, of);
  return field.choices?.find(({ id }) => id === value)?.label[of.language] ?? String(value);
}

const told = (at: Instant, { language, timeZone }: FormPrinted): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
    timeZone,
  }).format(new Date(at));

const STYLE = `
@page { size: A4; margin: 18mm 16mm }
body { font: 11pt/1.5 "Noto Serif CJK SC", "Songti SC", SimSun, serif; color: #000; background: #fff; margin: 0 }
main { max-width: 178mm; margin: 0 auto; padding: 8mm 4mm }
h1 { font-size: 16pt; text-align: center; margin: 0 0 2mm }
header p { text-align: center; margin: 0 0 5mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
th, td { border: 0.3mm solid #000; padding: 2mm 3mm; text-align: start; vertical-align: top; overflow-wrap: anywhere; white-space: pre-wrap }
th { width: 28%; font-weight: 600 }
td { min-height: 8mm; height: 8mm }
tr { break-inside: avoid }
dl { display: flex; flex-wrap: wrap; gap: 1mm 8mm; margin: 4mm 0 }
dl div { display: flex; gap: 2mm }
dt::after { content: ":" }
dd { margin: 0 }
.sign { display: flex; justify-content: space-between; margin-top: 14mm; break-inside: avoid }
.sign span { border-top: 0.3mm solid #000; width: 60mm; padding-top: 1mm }
footer { margin-top: 6mm; font-size: 9pt; color: #444 }
.hint { text-align: center; font: 13px system-ui, sans-serif; background: #eef4f5; padding: 8px; margin: 0 }
@media print { .hint { display: none } main { padding: 0; max-width: none } }
`;
