/** What people complain about on the invented desk. `{n}` is a building or a number of the story. */
export interface Matter {
  readonly category: string;
  readonly subject: string;
  readonly content: string;
  readonly reply: string;
  readonly resolution: string;
}

export const CHINESE: readonly Matter[] = [
  {
    category: 'engineering_quality',
    subject: '{n}号楼主卧外墙渗水',
    content: '主卧靠外墙一侧下雨就渗水，墙纸已经发霉。上个月报修过一次，师傅来看了说是外墙裂缝，之后就没有下文了。',
    reply: '您好，工程部明天上午九点上门查勘外墙，结果当天电话告知您。',
    resolution: '外墙裂缝已注浆封堵并重做防水，室内墙面修复，淋水试验二十四小时无渗漏。',
  },
  {
    category: 'engineering_quality',
    subject: '{n}栋地下车库顶板漏水，滴在车上',
    content: '车位正上方一直在滴水，水里有碱，车漆已经被腐蚀。物业只放了一个水桶。',
    reply: '已安排工程部今天下午到现场，期间为您调换临时车位。',
    resolution: '顶板后浇带重新注浆，车位已恢复使用，车漆修复费用由我方承担。',
  },
  {
    category: 'engineering_quality',
    subject: '入户门锁失灵，{n}号楼',
    content: '交房才三个月，电子锁就打不开了，昨晚在门外等了两个小时。',
    reply: '厂家技术员今晚七点前上门，请保持电话畅通。',
    resolution: '更换锁体主板，延长保修一年，业主当面验收。',
  },
  {
    category: 'property_management',
    subject: '{n}号楼电梯三天停了两次',
    content: '家里有八十岁老人，电梯停运只能爬十五楼。打物业电话没人接。希望给个明确的说法，到底什么时候修好！',
    reply: '电梯门机故障，配件已到，今晚十二点前恢复，维修期间安排人员协助老人上下楼。',
    resolution: '更换门机控制板，增加每周巡检，维保单位出具书面说明并张贴公告。',
  },
  {
    category: 'property_management',
    subject: '小区路灯不亮，{n}号楼到东门一段',
    content: '这一段路黑了一个星期，前天有位阿姨在台阶上摔了一跤。',
    reply: '电工今天傍晚到场，先放置临时照明。',
    resolution: '更换电缆和五盏路灯，台阶加装防滑条。',
  },
  {
    category: 'property_management',
    subject: '楼上装修噪音，{n}号楼',
    content: '中午十二点半还在打墙，孩子没法午睡。保安上去说了一次，人走了又继续。',
    reply: '客服已约谈装修负责人，午休时段停止施工，违规将暂停其出入证。',
    resolution: '装修方签署承诺书，现场公示施工时段，一周内无再次投诉。',
  },
  {
    category: 'sales_management',
    subject: '销售承诺的{n}平米储藏室没有兑现',
    content: '签约时销售顾问口头承诺赠送储藏室，现在说合同里没写就不算数。我有当时的聊天记录。',
    reply: '我们已调取签约记录，营销部三天内与您当面核对。',
    resolution: '核实承诺属实，双方签署补充协议，提供同层储藏室使用权。',
  },
  {
    category: 'customer_service',
    subject: '报修电话等了{n}分钟无人接听',
    content: '连续打了三次都是音乐，第四次接通了说系统里没有我的房号，态度很差。',
    reply: '对给您带来的不便深表歉意，已为您登记，报修单由主管亲自跟进。',
    resolution: '补录业主资料，接线员接受再培训，主管当面致歉。',
  },
  {
    category: 'other',
    subject: '快递柜占了{n}号楼的消防通道',
    content: '消防通道上摆了两组快递柜，万一出事消防车进不来，请尽快移走。',
    reply: '已联系快递柜公司，明天移位。',
    resolution: '快递柜移至东侧空地，消防通道重新划线。',
  },
];

export const ENGLISH: readonly Matter[] = [
  {
    category: 'engineering_quality',
    subject: 'Hot water fails every evening in building {n}',
    content:
      'Between seven and nine there is no hot water above the eighth floor. I have reported it three times since October; nobody came.',
    reply: 'A plumber will measure the pressure on your floor tonight between seven and nine.',
    resolution: 'The booster pump was replaced and the pressure on floors 8 to 16 measured on three evenings.',
  },
  {
    category: 'engineering_quality',
    subject: 'Balcony tiles are coming loose, building {n}',
    content:
      'Two tiles fell off the balcony edge last night. Luckily nobody stood below. Please treat this as urgent, children play there.',
    reply: 'The area below has been fenced off this morning; the facade team comes tomorrow.',
    resolution: 'All balcony edges of the building were checked; eleven tiles were fixed again.',
  },
  {
    category: 'property_management',
    subject: 'Parking fee charged twice, space {n}',
    content:
      'My card was debited twice for November. The front desk says "the system is right" and will not look at my statement.',
    reply: 'Please send us the statement; the second payment is refunded within five working days if it is ours.',
    resolution: 'The double booking was confirmed and refunded; the desk now checks statements itself.',
  },
  {
    category: 'property_management',
    subject: 'Rubbish not collected behind building {n}',
    content: 'The bins have been overflowing since Friday. There are rats.',
    reply: 'An extra collection runs today at 16:00, pest control tomorrow.',
    resolution: 'Collection is daily now and the site was disinfected.',
  },
  {
    category: 'sales_management',
    subject: 'Handover date moved for the third time, unit {n}',
    content:
      'We gave notice on our rented flat because you confirmed 1 November. Now it is "before the New Year". Who pays our hotel?',
    reply: 'The sales manager will call you today with a written date and the terms of the contract for delay.',
    resolution: 'Handover took place; the hotel costs were settled under clause 9.',
  },
  {
    category: 'customer_service',
    subject: 'Asked four people, got four answers ({n})',
    content:
      'I only want to know which documents I need for the property certificate. Every call gives me a different list.',
    reply: 'Here is the list in writing; Mr Chen stays your only contact until it is done.',
    resolution: 'Documents handed in together with the customer; certificate applied for.',
  },
  {
    category: 'other',
    subject: 'Your newsletter keeps coming after {n} cancellations',
    content: 'I unsubscribed. I wrote. I called. It still comes. <b>Stop it.</b>',
    reply: 'We have removed your address by hand and ask the sender of the newsletter how this could happen.',
    resolution: 'Address removed at the sender; unsubscribing was broken for addresses with capitals and is mended.',
  },
];

export const NOTES = {
  zh: ['业主情绪激动，注意沟通方式。', '与王师傅确认过，备件周三到货。', '已拍照存档。', '业主希望只用微信联系。'],
  en: [
    'Caller prefers to be contacted after six.',
    'Spoke to the contractor: part arrives on Wednesday.',
    'Photographs filed.',
  ],
} as const;

export const OPINIONS = {
  zh: { good: '处理及时，态度很好，谢谢。', bad: '拖得太久了，问题也没有彻底解决。' },
  en: { good: 'Quick in the end, and friendly. Thank you.', bad: 'It took far too long and I had to chase you.' },
} as const;

export const NAMES = {
  zh: [
    '王丽',
    '李伟',
    '张敏',
    '刘洋',
    '陈静',
    '杨帆',
    '赵磊',
    '黄婷',
    '周杰',
    '吴芳',
    '徐强',
    '孙悦',
    '马超',
    '朱琳',
    '欧阳雪',
    '何平',
  ],
  en: [
    'Grace Turner',
    'Omar Haddad',
    'Ingrid Solberg',
    "Niamh O'Connor",
    'Tomás Rivera',
    'Ewa Nowak',
    'Daniel Kim',
    'Priya Raman',
  ],
} as const;

/** The staff of the invented desk, with the units they work in. */
export const STAFF = [
  { name: '林晓 Lin Xiao', unit: 'service-centre', role: 'agent' },
  { name: '高峰 Gao Feng', unit: 'service-centre', role: 'agent' },
  { name: 'Maria Keller', unit: 'service-centre', role: 'agent' },
  { name: '郑凯 Zheng Kai', unit: 'engineering', role: 'agent' },
  { name: '唐宁 Tang Ning', unit: 'property', role: 'agent' },
  { name: '罗曼 Luo Man', unit: 'sales', role: 'agent' },
  { name: '沈青 Shen Qing', unit: 'service-centre', role: 'supervisor' },
] as const;
