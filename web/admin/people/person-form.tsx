import { useWords } from '../../lib/language.ts';
import { Check, ChoiceField, TextField } from '../fields.tsx';
import { useDepartments } from './departments-list.ts';
import { peopleWords } from './words.ts';

export interface PersonFields {
  name: string;
  email: string;
  employee_no: string;
  department_id: string;
  administrator: boolean;
  meeting_management: boolean;
}

interface Props {
  value: PersonFields;
  set: (part: Partial<PersonFields>) => void;
  faultOf: (field: string) => string | undefined;
}

/** What is known of a person, and what they may. */
export function PersonFieldsForm({ value, set, faultOf }: Props) {
  const say = useWords(peopleWords);
  const { data: departments } = useDepartments();
  return (
    <>
      <TextField
        label={say.name}
        value={value.name}
        required
        fault={faultOf('name')}
        onChange={(name) => {
          set({ name });
        }}
      />
      <TextField
        label={say.email}
        hint={say.emailHint}
        type="email"
        value={value.email}
        fault={faultOf('email')}
        onChange={(email) => {
          set({ email });
        }}
      />
      <div className="admin-pair">
        <TextField
          label={say.employeeNo}
          value={value.employee_no}
          fault={faultOf('employee_no')}
          onChange={(employee_no) => {
            set({ employee_no });
          }}
        />
        <ChoiceField
          label={say.department}
          value={value.department_id}
          fault={faultOf('department_id')}
          onChange={(department_id) => {
            set({ department_id });
          }}
          choices={[['', say.noDepartment], ...(departments ?? []).map(({ department, path }) => [department.id, path] as const)]}
        />
      </div>
      <fieldset className="stack admin-roles">
        <legend className="label">{say.role}</legend>
        <Check
          label={say.administrator}
          hint={say.administratorHint}
          checked={value.administrator}
          onChange={(administrator) => {
            set({ administrator });
          }}
        />
        <Check
          label={say.manages}
          hint={say.managesHint}
          checked={value.meeting_management || value.administrator}
          onChange={(meeting_management) => {
            set({ meeting_management });
          }}
        />
      </fieldset>
    </>
  );
}

/** The fields as the wire has them. */
export function bodyOf({ email, department_id, ...rest }: Partial<PersonFields>) {
  return {
    ...rest,
    ...(email === undefined ? {} : { email: email.trim() === '' ? null : email.trim() }),
    ...(department_id === undefined ? {} : { department_id: department_id === '' ? null : department_id }),
  };
}
