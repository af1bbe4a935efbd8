import { useState } from 'react';
import { changeRoomMethod, type Room } from '../../../src/wire/v1/rooms.ts';
import type { BodyOf } from '../../../src/wire/endpoint.ts';
import { call, type Answer } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { serverNow } from '../../lib/now.ts';
import { clockTime, dayOf, instantOf, moment } from '../../lib/time.ts';
import type { Tree } from '../../lib/tree.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { DayPicker } from '../../parts/period.tsx';
import { PersonPicker } from '../../parts/person-picker.tsx';
import { toast } from '../../parts/toasts.tsx';
import { Check, ChoiceField, Fault, TextField } from '../fields.tsx';
import { useTask } from '../task.ts';
import { useRefresh } from './changes.ts';
import { Effects } from './effects.tsx';
import { roomsWords } from './words.ts';
import { common } from '../../lib/words.ts';

/** When and why a room is out of use, as it is written. */
export type Disabled = NonNullable<BodyOf<typeof changeRoomMethod>['disabled']>;
interface Preview {
  disabled: Disabled | null;
  answer: Answer<typeof changeRoomMethod>;
}

/** Whether a room is in use, and taking it out of use: first what that does, then the deed. */
export function Disabling({ room, tree }: { room: Room; tree: Tree }) {
  const say = useWords(roomsWords);
  const [editing, setEditing] = useState(false);
  const [preview, setPreview] = useState<Preview>();
  const task = useTask();
  const refresh = useRefresh();
  const { disabled, time_zone: zone } = room;

  const ask = (wanted: Disabled | null, dry_run: boolean) =>
    call(changeRoomMethod, { params: { room_id: room.id }, query: { dry_run }, body: { disabled: wanted }, version: room.version });
  const show = async (wanted: Disabled | null) => {
    await task.run(async () => {
      try {
        setPreview({ disabled: wanted, answer: await ask(wanted, true) });
      } catch (error) {
        await refresh();
        throw error;
      }
    });
  };
  const confirm = async ({ disabled: wanted }: Preview) => {
    const went = await task.run(async () => {
      try {
        await ask(wanted, false);
      } finally {
        await refresh();
      }
    });
    setPreview(undefined);
    if (!went) return;
    setEditing(false);
    toast(wanted === null ? say.enabled(room.name) : say.wasDisabled(room.name));
  };
  const count = preview?.answer.effects.cancelled.length ?? 0;
  return (
    <section className="card stack" aria-label={say.use}>
      <div className="row">
        <div className="grow">
          {disabled === null ? (
            <span className="state" data-state="free">
              <span aria-hidden="true">●</span> {say.isInUse}
            </span>
          ) : (
            <span className="state" data-state={room.enabled ? 'pending' : 'absent'}>
              <span aria-hidden="true">{room.enabled ? '◷' : '✕'}</span> {room.enabled ? say.willBeOff : say.isOff}
            </span>
          )}
        </div>
        {!editing && (
          <button
            type="button"
            className="button"
            onClick={() => {
              setEditing(true);
            }}
          >
            {disabled === null ? say.disable : say.changeDisabling}
          </button>
        )}
        {disabled !== null && (
          <button type="button" className="button" disabled={task.busy} onClick={() => void show(null)}>
            {say.enable}
          </button>
        )}
      </div>
      {disabled !== null && (
        <p>
          {say.offSince(moment(Date.parse(disabled.from), zone))},{' '}
          {disabled.until === null ? say.offForEver : say.offUntil(moment(Date.parse(disabled.until), zone))}
          {disabled.reason !== '' && <span className="muted"> · {disabled.reason}</span>}
        </p>
      )}
      {editing && (
        <DisablingForm
          disabled={disabled}
          zone={zone}
          busy={task.busy}
          faultOf={task.faultOf}
          onCancel={() => {
            setEditing(false);
            task.clear();
          }}
          onAsk={(wanted) => void show(wanted)}
        />
      )}
      <Fault text={task.fault} />
      {preview && (
        <Confirm
          title={`${say.whatHappens} · ${room.name}`}
          action={preview.disabled === null ? say.enable : count > 0 ? say.disableCancel(count) : say.disableNow}
          busy={task.busy}
          onConfirm={() => void confirm(preview)}
          onClose={() => {
            setPreview(undefined);
          }}
        >
          <Effects effects={preview.answer.effects} tree={tree} zone={zone} />
        </Confirm>
      )}
    </section>
  );
}

interface FormProps {
  /** What is set already. */
  disabled: Room['disabled'];
  zone: string;
  busy: boolean;
  faultOf: (field: string) => string | undefined;
  onCancel: () => void;
  onAsk: (disabled: Disabled) => void;
}

/** From when until when a room is out of use, why, and who is told. */
export function DisablingForm({ disabled, zone, busy, faultOf, onCancel, onAsk }: FormProps) {
  const say = useWords(roomsWords);
  const general = useWords(common);
  const [now] = useState(serverNow);
  const first = (at: string | null | undefined) => (at === undefined || at === null ? now : Date.parse(at));
  const [from, setFrom] = useState<'now' | 'time'>(disabled === null ? 'now' : 'time');
  const [fromDay, setFromDay] = useState(dayOf(first(disabled?.from), zone));
  const [fromTime, setFromTime] = useState(clockTime(first(disabled?.from), zone));
  const [until, setUntil] = useState<'ever' | 'time'>(disabled?.until ? 'time' : 'ever');
  const [untilDay, setUntilDay] = useState(dayOf(first(disabled?.until), zone));
  const [untilTime, setUntilTime] = useState(disabled?.until ? clockTime(Date.parse(disabled.until), zone) : '18:00');
  const [reason, setReason] = useState(disabled?.reason ?? '');
  const [contacts, setContacts] = useState<string[]>([...(disabled?.contacts ?? [])]);
  const [disableNotice, setDisableNotice] = useState(disabled?.disable_notice ?? true);
  const [resumeNotice, setResumeNotice] = useState(disabled?.resume_notice ?? false);
  const isTime = (text: string) => /^([01]?\d|2[0-3]):[0-5]\d$/.test(text);
  const isGood = (from === 'now' || isTime(fromTime)) && (until === 'ever' || isTime(untilTime));
  const at = (day: string, time: string) => new Date(instantOf(day, time.padStart(5, '0'), zone)).toISOString();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({
          ...(from === 'now' ? {} : { from: at(fromDay, fromTime) }),
          until: until === 'ever' ? null : at(untilDay, untilTime),
          reason,
          contacts,
          disable_notice: disableNotice,
          resume_notice: resumeNotice,
        });
      }}
    >
      <div className="admin-when">
        <ChoiceField
          label={say.from}
          value={from}
          onChange={setFrom}
          choices={[
            ['now', say.atOnce],
            ['time', say.atTime],
          ]}
        />
        {from === 'time' && (
          <>
            <DayPicker label={say.day} value={fromDay} onChange={setFromDay} />
            <TextField label={say.time} value={fromTime} onChange={setFromTime} fault={isTime(fromTime) ? undefined : say.timeHint} />
          </>
        )}
      </div>
      <div className="admin-when">
        <ChoiceField
          label={say.until}
          value={until}
          onChange={setUntil}
          fault={faultOf('disabled.until')}
          choices={[
            ['ever', say.forEver],
            ['time', say.atTime],
          ]}
        />
        {until === 'time' && (
          <>
            <DayPicker label={say.day} value={untilDay} onChange={setUntilDay} />
            <TextField label={say.time} value={untilTime} onChange={setUntilTime} fault={isTime(untilTime) ? undefined : say.timeHint} />
          </>
        )}
      </div>
      <TextField label={say.reason} value={reason} onChange={setReason} />
      <PersonPicker label={say.contacts} value={contacts} onChange={setContacts} fault={faultOf('disabled.contacts')} />
      <Check label={say.disableNotice} checked={disableNotice} onChange={setDisableNotice} />
      <Check label={say.resumeNotice} checked={resumeNotice} onChange={setResumeNotice} />
      <div className="row end">
        <button type="button" className="button" onClick={onCancel}>
          {general.cancel}
        </button>
        <button type="submit" className="button primary" disabled={busy || !isGood}>
          {say.next}
        </button>
      </div>
    </form>
  );
}
