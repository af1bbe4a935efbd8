import { inBoth } from '../lib/language.ts';

/** Why a reservation was turned down, by the name of the rule. */
export const ruleWords = inBoth<{ en: Record<string, string> }['en']>({
  en: {
    taken: 'the room is taken then',
    disabled: 'the room is not in use then',
    not_allowed: 'only some people may reserve the room',
    too_far_ahead: 'it is too far ahead for the room',
    outside_hours: 'it lies outside the hours of the room',
    too_long: 'it is longer than the room allows',
    in_the_past: 'the time has passed',
    no_recurring: 'the room takes no series',
    no_reason: 'the room wants to know what it is for, and approves it first',
    needs_person: 'the room asks for a person to turn to',
    by_approver: 'an approver said no',
    outbid: 'another request for the time was approved',
    undecided: 'nobody decided in time',
  },
  zh: {
    taken: '该时段会议室已被占用',
    disabled: '会议室在该时段被禁用',
    not_allowed: '该会议室仅限部分人员预定',
    too_far_ahead: '超出可提前预定的天数',
    outside_hours: '不在会议室的可预定时间内',
    too_long: '超出会议室的最长预定时长',
    in_the_past: '预定时间已过',
    no_recurring: '该会议室不接受重复预定',
    no_reason: '该会议室需要审批，请填写预定理由',
    needs_person: '该会议室需要填写联系人',
    by_approver: '审批人已拒绝',
    outbid: '同一时段的其他申请已获批准',
    undecided: '未在开始前审批',
  },
});
