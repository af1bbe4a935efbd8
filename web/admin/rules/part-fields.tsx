import { useWords } from '../../lib/language.ts';
import { DepartmentPicker, PersonPicker } from '../../parts/person-picker.tsx';
import { Check, ChoiceField, NumberField, TextField } from '../fields.tsx';
import type { Part, Value } from './parts.ts';
import { rulesWords } from './words.ts';

interface Props<P extends Part> {
  value: Value<P>;
  onChange: (value: Value<P>) => void;
  faultOf: (field: string) => string | undefined;
}

/** The fields of a part. */
export function PartFields({ part, value, onChange, faultOf }: { part: Part } & Props<Part>) {
  switch (part) {
    case 'time':
      return <Time value={value as Value<'time'>} onChange={onChange} faultOf={faultOf} />;
    case 'reservers':
      return <Reservers value={value as Value<'reservers'>} onChange={onChange} faultOf={faultOf} />;
    case 'approval':
      return <Approval value={value as Value<'approval'>} onChange={onChange} faultOf={faultOf} />;
    case 'check_in':
      return <CheckIn value={value as Value<'check_in'>} onChange={onChange} faultOf={faultOf} />;
    case 'administrators':
      return <Members value={value as Value<'administrators'>} onChange={onChange} faultOf={faultOf} />;
  }
}

function Time({ value, onChange, faultOf }: Props<'time'>) {
  const say = useWords(rulesWords);
  const set = (change: Partial<Value<'time'>>) => {
    onChange({ ...value, ...change });
  };
  return (
    <>
      <Check
        label={say.limits}
        checked={value.enabled}
        onChange={(enabled) => {
          set({ enabled });
        }}
      />
      {value.enabled && (
        <div className="admin-pair">
          <TextField
            label={say.dayStart}
            hint={say.timeHint}
            value={value.day_start}
            fault={faultOf('time.day_start')}
            onChange={(day_start) => {
              set({ day_start });
            }}
          />
          <TextField
            label={say.dayEnd}
            hint={say.timeHint}
            value={value.day_end}
            fault={faultOf('time.day_end')}
            onChange={(day_end) => {
              set({ day_end });
            }}
          />
          <NumberField
            label={say.daysAhead}
            value={value.days_in_advance}
            min={1}
            max={730}
            fault={faultOf('time.days_in_advance')}
            onChange={(days_in_advance) => {
              set({ days_in_advance });
            }}
          />
          <TextField
            label={say.opensAt}
            hint={say.timeHint}
            value={value.opens_at}
            fault={faultOf('time.opens_at')}
            onChange={(opens_at) => {
              set({ opens_at });
            }}
          />
          <NumberField
            label={say.maxHours}
            value={value.max_hours}
            min={1}
            max={99}
            fault={faultOf('time.max_hours')}
            onChange={(max_hours) => {
              set({ max_hours });
            }}
          />
        </div>
      )}
    </>
  );
}

function Reservers({ value, onChange, faultOf }: Props<'reservers'>) {
  const say = useWords(rulesWords);
  return (
    <>
      <Check
        label={say.everybodyMay}
        checked={value.everybody}
        onChange={(everybody) => {
          onChange({ ...value, everybody });
        }}
      />
      {!value.everybody && (
        <Members
          value={value}
          onChange={(members) => {
            onChange({ ...value, ...members });
          }}
          faultOf={faultOf}
        />
      )}
    </>
  );
}

function Members({ value, onChange, faultOf }: Props<'administrators'>) {
  const say = useWords(rulesWords);
  return (
    <>
      <PersonPicker
        label={say.people}
        value={value.users}
        fault={faultOf('reservers')}
        onChange={(users) => {
          onChange({ ...value, users });
        }}
      />
      <DepartmentPicker
        label={say.departments}
        value={value.departments}
        onChange={(departments) => {
          onChange({ ...value, departments });
        }}
      />
    </>
  );
}

function Approval({ value, onChange, faultOf }: Props<'approval'>) {
  const say = useWords(rulesWords);
  const set = (change: Partial<Value<'approval'>>) => {
    onChange({ ...value, ...change });
  };
  return (
    <>
      <Check
        label={say.approvalOn}
        checked={value.enabled}
        onChange={(enabled) => {
          set({ enabled });
        }}
      />
      {value.enabled && (
        <>
          <div className="admin-pair">
            <ChoiceField
              label={say.which}
              value={value.applies}
              onChange={(applies) => {
                set({ applies });
              }}
              choices={[
                ['always', say.always],
                ['longer', say.longer],
              ]}
            />
            {value.applies === 'longer' && (
              <NumberField
                label={say.hours}
                value={value.hours}
                min={0.1}
                max={99}
                step={0.1}
                fault={faultOf('approval.hours')}
                onChange={(hours) => {
                  set({ hours });
                }}
              />
            )}
          </div>
          <PersonPicker
            label={say.approvers}
            value={value.approvers}
            fault={faultOf('approval.approvers')}
            onChange={(approvers) => {
              set({ approvers });
            }}
          />
        </>
      )}
    </>
  );
}

function CheckIn({ value, onChange, faultOf }: Props<'check_in'>) {
  const say = useWords(rulesWords);
  const set = (change: Partial<Value<'check_in'>>) => {
    onChange({ ...value, ...change });
  };
  return (
    <>
      <Check
        label={say.checkInOn}
        checked={value.enabled}
        onChange={(enabled) => {
          set({ enabled });
        }}
      />
      {value.enabled && (
        <>
          <div className="admin-pair">
            <NumberField
              label={say.before}
              value={value.minutes_before}
              min={0}
              max={1440}
              fault={faultOf('check_in.minutes_before')}
              onChange={(minutes_before) => {
                set({ minutes_before });
              }}
            />
            <NumberField
              label={say.after}
              value={value.minutes_after}
              min={1}
              max={1440}
              fault={faultOf('check_in.minutes_after')}
              onChange={(minutes_after) => {
                set({ minutes_after });
              }}
            />
          </div>
          <Check
            label={say.release}
            checked={value.release_on_no_show}
            onChange={(release_on_no_show) => {
              set({ release_on_no_show });
            }}
          />
        </>
      )}
      <NumberField
        label={say.sensorMinutes}
        hint={say.sensorHint}
        value={value.sensor_minutes}
        min={0}
        max={1440}
        fault={faultOf('check_in.sensor_minutes')}
        onChange={(sensor_minutes) => {
          set({ sensor_minutes });
        }}
      />
    </>
  );
}
