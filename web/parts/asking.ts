import { inBoth } from '../lib/language.ts';

/** Words of the parts that ask for somebody, or before something is done. */
export const askingWords = inBoth({
  en: {
    onlyOnce: 'This is shown once. Keep it in a safe place now; nobody can read it again.',
    copy: 'Copy',
    copied: 'Copied',
    kept: 'I have kept it',
    typeToConfirm: (text: string) => `Type ${text} to confirm`,
    findPerson: 'Find a person by name',
    findDepartment: 'Find a department',
    nobodyFound: 'Nobody of that name',
    remove: (name: string) => `Take ${name} out`,
    found: (count: number) => `${String(count)} found`,
    more: (count: number) => `and ${String(count)} more`,
    unknown: 'somebody who is not there any more',
  },
  zh: {
    onlyOnce: '仅显示这一次，请立即妥善保存，之后无法再次查看。',
    copy: '复制',
    copied: '已复制',
    kept: '我已保存',
    typeToConfirm: (text: string) => `输入“${text}”以确认`,
    findPerson: '按姓名查找成员',
    findDepartment: '查找部门',
    nobodyFound: '没有找到',
    remove: (name: string) => `移除${name}`,
    found: (count: number) => `找到 ${String(count)} 个`,
    more: (count: number) => `另外 ${String(count)} 个`,
    unknown: '已不存在的成员',
  },
});
