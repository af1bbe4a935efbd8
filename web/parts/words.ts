import { inBoth } from '../lib/language.ts';

/** Words of the parts that several screens have. */
export const partWords = inBoth({
  en: {
    allRooms: 'All rooms',
    chooseLevel: 'Choose a level',
    searchLevels: 'Search levels',
    noLevels: 'No level has such a name.',
    levelRooms: (count: number) => (count === 1 ? '1 room' : `${String(count)} rooms`),
    previousMonth: 'Previous month',
    nextMonth: 'Next month',
    openCalendar: 'Open the calendar',
    to: 'to',
    start: 'Start',
    end: 'End',
  },
  zh: {
    allRooms: '全部会议室',
    chooseLevel: '选择层级',
    searchLevels: '搜索层级',
    noLevels: '没有匹配的层级。',
    levelRooms: (count: number) => `${String(count)} 间`,
    previousMonth: '上个月',
    nextMonth: '下个月',
    openCalendar: '打开日历',
    to: '至',
    start: '开始',
    end: '结束',
  },
});
