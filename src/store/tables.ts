import type { ColumnType, Generated, Selectable } from 'kysely';

/** Columns of the tables, as TypeScript sees them. Times are epoch seconds; yes and no are 1 and 0. */
export interface Tables {
  tenants: {
    tenant_id: number;
    tenant_key: string;
    name: string;
    /** IANA name; used where no level on the way up names one. */
    time_zone: string;
    root_level_id: string;
    /** Bumped by every change of a level, a room or their settings: what is kept in memory of them is valid for one value. */
    directory_version: Generated<number>;
    /** How the demo generator was called, when it made this tenant. */
    demo: string | null;
    created_at: number;
  };
  departments: {
    tenant_id: number;
    department_id: string;
    name: string;
    /** Null: directly under the tenant. */
    parent_id: string | null;
    /** The tenant's own id of it; `""` where there is none. */
    custom_department_id: Generated<string>;
    position: Generated<number>;
    version: Generated<number>;
    /** The tenant's directory version that last changed the row. */
    changed_in: Generated<number>;
    deleted_at: number | null;
  };
  users: {
    tenant_id: number;
    user_id: string;
    name: string;
    department_id: string | null;
    is_administrator: number;
    /** The vendor's console permission "meeting management", without which the ledger stays closed. */
    manages_meetings: number;
    /** In lower case; unique on the server, which `sign_in_names` sees to. */
    email: string | null;
    employee_no: Generated<string>;
    /** Since when the person can do nothing here; null: can. */
    suspended_at: number | null;
    /** When name and address were taken out. */
    anonymised_at: number | null;
    version: Generated<number>;
    created_at: number;
  };
  /** Under what one signs in: `email:ADDRESS` in lower case, or `oidc:ISSUER SUBJECT`. Of the server: tenant_id is 0. */
  sign_in_names: { tenant_id: number; name: string; of_tenant: number; user_id: string };
  /** argon2id, in PHC form. */
  passwords: { tenant_id: number; user_id: string; hash: string; changed_at: number };
  /** Who is signed in with a browser. */
  sessions: {
    tenant_id: number;
    /** SHA-256 of the cookie's secret part, hex. */
    session_hash: string;
    user_id: string;
    created_at: number;
    expires_at: number;
  };
  one_time_links: {
    /** 0: the server's. */
    tenant_id: number;
    /** SHA-256, hex. */
    link_hash: string;
    /** `sign_on`: the state of a round trip to the identity provider that came to its end. */
    purpose: 'set_up' | 'password' | 'sign_on';
    /** Whose password it sets; else null. */
    user_id: string | null;
    expires_at: number;
  };
  /** Failed tries to sign in, counted by account and by address. Of the server: tenant_id is 0. */
  sign_in_failures: { tenant_id: number; key: string; failures: number; began_at: number };
  levels: {
    tenant_id: number;
    level_id: string;
    /** Null for the root. */
    parent_id: string | null;
    name: string;
    time_zone: string | null;
    /** The tenant's own id of it; `""` where there is none. */
    custom_group_id: Generated<string>;
    /** Order among its siblings; the name decides where it is equal. */
    position: Generated<number>;
    version: Generated<number>;
    /** The tenant's directory version that last changed the row. */
    changed_in: Generated<number>;
    deleted_at: number | null;
  };
  rooms: {
    tenant_id: number;
    room_no: number;
    room_id: string;
    level_id: string;
    name: string;
    capacity: number;
    description: Generated<string>;
    /** The tenant's own id of it; `""` where there is none. */
    custom_room_id: Generated<string>;
    /** What is in it: a JSON list of names. */
    equipment: Generated<string>;
    /** The period in which it is not in use, half-open; null: none. `disabled_until` null: for ever. */
    disabled_from: number | null;
    disabled_until: number | null;
    disabled_reason: Generated<string>;
    /** JSON list of user ids. */
    disabled_contacts: Generated<string>;
    disable_notice: Generated<number>;
    resume_notice: Generated<number>;
    position: Generated<number>;
    created_at: number;
    version: Generated<number>;
    changed_in: Generated<number>;
    deleted_at: number | null;
  };
  /** What a level or room says of its own; what it does not say, the level above it says. */
  settings: {
    tenant_id: number;
    /** Id of the level or room. */
    scope_id: string;
    part: SettingsPart;
    /** JSON; null: said no more. */
    value: string | null;
    changed_in: number;
  };
  devices: {
    tenant_id: number;
    device_id: string;
    room_no: number;
    kind: DeviceKind;
    name: string;
    /** SHA-256 of its credential, hex; null: it has none. */
    credential_hash: string | null;
    last_seen_at: number | null;
    /** What a sensor said last, and since when it says so; null: nothing yet. */
    occupied: number | null;
    occupied_since: number | null;
    created_at: number;
  };
  /** What is reserved for: a calendar event, single or a series of instances. */
  events: {
    tenant_id: number;
    id: RowId;
    uid: string;
    /** `ou_` or `cli_`: whose calendar it stands in. */
    organizer_id: string;
    organizer_name: string;
    organizer_department: string;
    title: string;
    description: string;
    is_private: number;
    start_at: number;
    end_at: number;
    /** IANA zone in which a series keeps its wall time. */
    time_zone: string;
    all_day: number;
    /** RFC 5545 rule; null: a single event. */
    recurrence: string | null;
    /** End of its last instance. */
    last_end_at: number;
    /** JSON of what the wire carries and the product has no use for. */
    details: string;
    created_at: number;
    updated_at: number;
    cancelled_at: number | null;
    version: Generated<number>;
  };
  event_exceptions: {
    tenant_id: number;
    event_id: number;
    /** When the instance would start by the rule. */
    original_at: number;
    start_at: number;
    end_at: number;
    /** Null: as the series has it. */
    title: string | null;
    description: string | null;
    cancelled_at: number | null;
  };
  attendees: {
    tenant_id: number;
    event_id: number;
    attendee_id: string;
    kind: 'user' | 'room' | 'email';
    user_id: string | null;
    room_no: number | null;
    email: string | null;
    name: string;
    is_optional: Generated<number>;
    /** A room's is worked out from its reservations. */
    rsvp: Generated<Rsvp>;
    /** Person to turn to about the room. */
    contact_id: string | null;
    approval_reason: string | null;
    created_at: number;
  };
  instance_replies: { tenant_id: number; event_id: number; original_at: number; attendee_id: string; rsvp: Rsvp };
  idempotency_keys: {
    tenant_id: number;
    /** Who may send the key again: an app, for a calendar. */
    scope: string;
    key: string;
    /** SHA-256 of the request, hex. */
    request_hash: string;
    object_id: string;
    created_at: number;
  };
  jobs: {
    tenant_id: number;
    name: string;
    /** Process that does it, and until when nobody else may. Real time, epoch milliseconds. */
    held_by: string;
    held_until: number;
    /** When it was last done, by the domain's clock. */
    ran_at: number;
  };
  apps: {
    tenant_id: number;
    app_id: string;
    name: string;
    /** Space-separated. */
    scopes: string;
    creator_id: string;
    /** SHA-256, hex. */
    secret_hash: string;
    secret_version: Generated<number>;
    /** Of one tenant, or for any that installs it. A store app has a row in each of its tenants; its own is where its id points. */
    kind: Generated<'custom' | 'store'>;
    /** JSON list: where authorization codes may be sent. */
    redirect_uris: Generated<string>;
    /** Where events are pushed, and with what they are signed and encrypted: sealed under the key file. Null: nowhere, with none. */
    push_url: string | null;
    push_token: string | null;
    push_key: string | null;
    /** Real time, epoch seconds; null: it gets no tickets. */
    next_ticket_at: number | null;
    /** Tickets in a row that did not arrive. */
    ticket_failures: Generated<number>;
    version: Generated<number>;
    created_at: number;
    revoked_at: number | null;
  };
  /** In which tenants a store app is; the row stands with the app's own tenant. */
  installations: { tenant_id: number; app_id: string; in_tenant: number; installed_at: number };
  /** What a store app was sent to prove who it is. */
  app_tickets: { tenant_id: number; ticket_hash: string; app_id: string; expires_at: number };
  /** Tokens of store apps for themselves. */
  app_tokens: { tenant_id: number; token_hash: string; app_id: string; secret_version: number; issued_at: number; expires_at: number };
  authorization_codes: {
    tenant_id: number;
    /** SHA-256, hex. */
    code_hash: string;
    app_id: string;
    user_id: string;
    /** What the user granted, space-separated. */
    scopes: string;
    redirect_uri: string;
    challenge: string | null;
    challenge_method: 'S256' | 'plain' | null;
    /** Of all tokens that come of it. */
    family: string;
    expires_at: number;
    used_at: number | null;
  };
  refresh_tokens: {
    tenant_id: number;
    /** SHA-256, hex. */
    token_hash: string;
    app_id: string;
    user_id: string;
    scopes: string;
    family: string;
    /** When the user consented: the family's age. */
    began_at: number;
    expires_at: number;
    used_at: number | null;
    revoked_at: number | null;
  };
  /** What a person has let an app do. */
  grants: { tenant_id: number; app_id: string; user_id: string; scopes: string; granted_at: number };
  access_tokens: {
    tenant_id: number;
    /** SHA-256 of the token's secret part, hex. */
    token_hash: string;
    kind: 'tenant' | 'user';
    app_id: string;
    user_id: string | null;
    /** What the user granted, space-separated; empty for a tenant token, whose scopes are the app's. */
    scopes: string;
    secret_version: number;
    /** Of the consent that it came of; null: of none. */
    family: string | null;
    issued_at: number;
    expires_at: number;
  };
  reservations: ReservationColumns;
  history: {
    tenant_id: number;
    id: RowId;
    at: number;
    actor_id: string;
    actor_name: string;
    /** Which door the change came through. */
    source: string;
    action: string;
    object_kind: string;
    object_id: string;
    /** JSON of what changed. */
    state_before: string | null;
    state_after: string | null;
    /** Address that the request came from, the app or session that brought it, and its log id; null: there was none. */
    address: string | null;
    via: string | null;
    request_id: string | null;
    /** 1: it was tried and refused. */
    denied: Generated<number>;
    /** The person in whose inbox it stands: somebody or something else did it to what they reserved. Null: in nobody's. */
    inbox_of: string | null;
  };
  /** Up to which row of the history somebody has read their inbox. */
  inbox_marks: { tenant_id: number; user_id: string; read_up_to: number };
}

/** Given by the database; see the dialects. */
type RowId = ColumnType<number, unknown, never>;

export type SettingsPart = 'approval' | 'time' | 'reservers' | 'administrators' | 'check_in';
export type DeviceKind = 'panel' | 'qr_code' | 'controller' | 'touch_panel' | 'sensor';
export type Rsvp = 'needs_action' | 'accept' | 'tentative' | 'decline';
/** Why a request for a room was turned down: a rule of the room, another reservation, a person, or nobody in time. */
export type RejectCause =
  | 'taken'
  | 'disabled'
  | 'not_allowed'
  | 'too_far_ahead'
  | 'outside_hours'
  | 'too_long'
  | 'in_the_past'
  | 'no_recurring'
  | 'no_reason'
  | 'needs_person'
  | 'by_approver'
  | 'outbid'
  | 'undecided';
export type CancelCause = 'by_hand' | 'room_disabled' | 'room_deleted';
export type ReleaseCause = 'by_hand' | 'after_end' | 'no_show' | 'by_sensor';

/**
 * One room for one event instance: a row of the ledger. Facts only; what the ledger calls them is worked out when it is read.
 *
 * Active, and so shielded from overlaps: accepted, neither cancelled nor released.
 */
export interface ReservationColumns {
  tenant_id: number;
  id: RowId;
  room_no: number;
  /** Planned times; they stay as planned after an early release. The interval is half-open. */
  start_at: number;
  end_at: number;
  title: string;
  is_private: Generated<number>;
  /** `ou_` or `cli_`; name and department as they were when it was reserved. */
  reserver_id: string;
  reserver_name: string;
  reserver_department: string;
  guests: Generated<number>;
  guests_accepted: Generated<number>;
  created_at: number;
  /** Null while an approval is pending. */
  accepted_at: number | null;
  rejected_at: number | null;
  cancelled_at: number | null;
  /** Why it was cancelled; null when it was not. */
  cancel_cause: CancelCause | null;
  /** Further words on it, such as why the room was disabled. */
  cancel_note: string | null;
  released_at: number | null;
  release_cause: ReleaseCause | null;
  /** Null when nobody did (a job, a sensor). */
  released_by_name: string | null;
  /** Check-in terms: required, or why not; the window is half-open. */
  check_in_rule: 'required' | 'walk_up' | 'off' | 'no_device';
  check_in_opens_at: number | null;
  check_in_closes_at: number | null;
  release_on_no_show: Generated<number>;
  checked_in_at: number | null;
  /** Null when an administrator did it by hand. */
  checked_in_with: Exclude<DeviceKind, 'sensor'> | 'offline_auto' | null;
  /** When the room was disabled while this reservation stood. */
  room_disabled_at: number | null;
  /** The event and, in a series, the instance by its original start; 0 for a single event. */
  event_id: number | null;
  original_at: Generated<number>;
  /** Why the request was rejected, and further words on it. */
  reject_cause: RejectCause | null;
  reject_note: string | null;
  /** What the booker said to the approvers. */
  approval_reason: string | null;
  decided_by_name: string | null;
  /** Person to turn to, where an app reserved. */
  contact_id: string | null;
  /** 0: somebody still has to look at it when its check-in closes. */
  check_in_settled: Generated<number>;
  updated_at: Generated<number>;
  version: Generated<number>;
}

export type Reservation = Selectable<ReservationColumns>;
export type Level = Selectable<Tables['levels']>;
export type Room = Selectable<Tables['rooms']>;
export type Device = Selectable<Tables['devices']>;
export type CalendarEvent = Selectable<Tables['events']>;
export type EventException = Selectable<Tables['event_exceptions']>;
export type Attendee = Selectable<Tables['attendees']>;
export type User = Selectable<Tables['users']>;
export type Department = Selectable<Tables['departments']>;
export type App = Selectable<Tables['apps']>;
export type Tenant = Selectable<Tables['tenants']>;
