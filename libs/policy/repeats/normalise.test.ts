import { expect, test } from '@jest/globals';
import { normalised, type Normaliser } from './normalise.js';

test.each<[Normaliser, ...string[]]>([
  [
    'phone',
    '13800138000',
    '138 0013 8000',
    '+86 138-0013-8000',
    '0086 13800138000',
    '8613800138000',
    '１３８００１３８０００',
  ],
  ['phone', '010-65529988', '+86 10 6552 9988', '(010) 6552 9988', '＋８６１０６５５２９９８８'],
  ['phone', '+852 2345 6789', '00852 23456789'],
  ['plate', '粤B·12345', '粵B12345', '粤ｂ 12345', '粵b-12345'],
  ['name', '陈伟强', '陳偉強', ' 陈 伟强 ', '陈·伟强'],
  ['name', 'Wang Fang', 'ＷＡＮＧ　ｆａｎｇ'],
  ['room', '3栋2单元1203室', '３棟２單元１２０３室', '3-2-1203', '3 栋 2 单元 1203'],
  ['text', '电梯坏了。', '電梯壞了', '电梯 坏了！'],
  ['exact', 'Subcategory 174', ' Subcategory 174 '],
])('R-1: as %s these are alike', (as, first, ...others) => {
  for (const other of others) expect([other, normalised(other, as)]).toEqual([other, normalised(first, as)]);
});

test.each<[Normaliser, string, string]>([
  ['phone', '13800138000', '13800138001'],
  ['phone', '+852 13800138000', '13800138000'],
  ['plate', '粤B12345', '粤B12346'],
  ['name', '陈伟强', '陈伟'],
  ['room', '3栋2单元1203室', '32单元1203室'],
  ['exact', 'a', 'A'],
])('R-1: as %s these are not', (as, a, b) => {
  expect(normalised(a, as)).not.toBe(normalised(b, as));
});

test.each<Normaliser>(['phone', 'plate', 'name', 'room', 'text', 'exact'])(
  'R-1: nothing as %s matches nothing',
  (as) => {
    expect(normalised('  ', as)).toBeUndefined();
    if (as !== 'exact') expect(normalised('—？', as)).toBeUndefined();
  },
);
