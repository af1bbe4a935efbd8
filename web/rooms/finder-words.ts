import { inBoth } from '../lib/language.ts';

const s = (count: number) => (count === 1 ? '' : 's');

/** Words of what the finder found, which load with it. */
export const finderWords = inBoth({
  en: {
    found: (count: number) => `${String(count)} room${s(count)} found, the soonest first`,
    foundNone: 'Nothing is free for so long on this day. Try less time, fewer people, or another day.',
    closeFound: 'Close the results',
    waitNow: 'now',
    waitMinutes: (minutes: number) => `in ${String(minutes)} min`,
    waitHours: (hours: number) => `in ${String(hours)} h`,
    freeUntil: (time: string) => `free until ${time}`,
    freeAllDay: 'free to the end of the day',
    bookSlot: (room: string, start: string, end: string) => `Book ${room}, ${start} to ${end}`,
  },
  zh: {
    found: (count: number) => `找到 ${String(count)} 间，按最早可用排序`,
    foundNone: '当天没有这么长的空闲时间，可以缩短时长、减少人数或换一天。',
    closeFound: '关闭查找结果',
    waitNow: '现在',
    waitMinutes: (minutes: number) => `${String(minutes)} 分钟后`,
    waitHours: (hours: number) => `${String(hours)} 小时后`,
    freeUntil: (time: string) => `空闲至 ${time}`,
    freeAllDay: '当天一直空闲',
    bookSlot: (room: string, start: string, end: string) => `预定 ${room}，${start} 至 ${end}`,
  },
});
