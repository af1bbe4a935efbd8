import { useQuery } from '@tanstack/react-query';
import { generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { useState } from 'react';
import { getRoomCodeMethod } from '../../src/wire/v1/room_codes.ts';
import type { Room } from '../../src/wire/v1/rooms.ts';
import { call } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { clockTime } from '../lib/time.ts';
import { Failure } from '../parts/failure.tsx';
import { roomWords } from './words.ts';

/** Well before the code that shows is no longer good. */
const REFRESH = 30_000;
/** Modules of white around it, without which cameras do not find it. */
const QUIET = 4;

/** What the door shows, for an administrator to look at. */
export function DoorCode({ room }: { room: Room }) {
  const say = useWords(roomWords);
  const [shown, setShown] = useState(false);
  return (
    <details
      className="card"
      onToggle={(event) => {
        setShown(event.currentTarget.open);
      }}
    >
      <summary>{say.qr}</summary>
      {shown && <Code room={room} />}
    </details>
  );
}

function Code({ room }: { room: Room }) {
  const say = useWords(roomWords);
  const { data, error, refetch } = useQuery({
    queryKey: ['room-code', room.id],
    queryFn: ({ signal }) => call(getRoomCodeMethod, { params: { room_id: room.id }, signal }),
    refetchInterval: REFRESH,
    staleTime: 0,
    gcTime: 0,
  });
  if (!data) return error ? <Failure error={error} retry={() => void refetch()} /> : null;
  const code = generate(data.url);
  const size = code.size + 2 * QUIET;
  return (
    <div className="room-code">
      <svg role="img" aria-label={say.qrLabel(room.name)} viewBox={`${String(-QUIET)} ${String(-QUIET)} ${String(size)} ${String(size)}`} data-url={data.url}>
        <path d={toSvgPath(code)} />
      </svg>
      <div>
        <p>{say.qrText}</p>
        <p className="muted">{say.codeUntil(clockTime(Date.parse(data.expires), room.time_zone))}</p>
      </div>
    </div>
  );
}
