import { useState } from 'react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { listAllDevicesMethod, listDevicesMethod, rotateDeviceMethod, unbindDeviceMethod, type Device } from '../../../src/wire/v1/devices.ts';
import { call } from '../../lib/api.ts';
import { useWords } from '../../lib/language.ts';
import { useSearchState } from '../../lib/search.ts';
import { moment } from '../../lib/time.ts';
import { useTree, type Tree } from '../../lib/tree.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty, Failure, Loading } from '../../parts/failure.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useSession } from '../../shell/session.ts';
import { Fault } from '../fields.tsx';
import { useTask } from '../task.ts';
import { adminWords } from '../words.ts';
import { Bind } from './bind.tsx';
import { devicesWords } from './words.ts';

/** What is silent so long is offline: `domain/check-in.ts` has the same. Milliseconds. */
const SILENT = 300_000;

type Open = { kind: 'bind' } | { kind: 'rotate' | 'remove'; device: Device } | { kind: 'made'; name: string; credential: string };

/** The devices of all rooms, or of one. */
export default function DevicesScreen() {
  const say = useWords(devicesWords);
  const general = useWords(adminWords);
  const [search, change] = useSearchState();
  const { data: tree } = useTree();
  const [open, setOpen] = useState<Open>();
  const queries = useQueryClient();
  const task = useTask();
  const { room } = search;
  const list = useInfiniteQuery({
    queryKey: ['admin', 'devices', room],
    queryFn: async ({ pageParam }): Promise<{ devices: Device[]; next_cursor: string | null }> =>
      room === undefined
        ? call(listAllDevicesMethod, { query: { limit: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) } })
        : { ...(await call(listDevicesMethod, { params: { room_id: room } })), next_cursor: null },
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: 60_000,
  });
  const devices = list.data?.pages.flatMap((page) => page.devices) ?? [];
  const refresh = () => queries.invalidateQueries({ queryKey: ['admin', 'devices'] });
  const shut = () => {
    setOpen(undefined);
  };
  const rotate = async (device: Device) => {
    shut();
    await task.run(async () => {
      const { credential } = await call(rotateDeviceMethod, { params: { device_id: device.id } });
      setOpen({ kind: 'made', name: device.name, credential });
      await refresh();
    });
  };
  const remove = async (device: Device) => {
    shut();
    const went = await task.run(async () => {
      await call(unbindDeviceMethod, { params: { device_id: device.id } });
      await refresh();
    });
    if (went) toast(say.removed(device.name));
  };
  return (
    <div className="stack">
      <h1 className="visually-hidden">{say.title}</h1>
      <div className="row">
        {room === undefined ? (
          <p className="muted grow">{say.text}</p>
        ) : (
          <p className="grow row">
            <strong>{say.onlyRoom(tree?.room(room)?.name ?? room)}</strong>
            <button
              type="button"
              className="button quiet"
              onClick={() => {
                change({ room: undefined });
              }}
            >
              {say.allRooms}
            </button>
          </p>
        )}
        <button
          type="button"
          className="button primary"
          onClick={() => {
            setOpen({ kind: 'bind' });
          }}
        >
          {say.add}
        </button>
      </div>
      <Fault text={task.fault} />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data && devices.length === 0 && <Empty title={say.none} text={say.noneText} />}
      {devices.length > 0 && (
        <div className="table-frame" role="region" aria-label={say.title} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say.name}</th>
                <th scope="col">{say.room}</th>
                <th scope="col">{say.kind}</th>
                <th scope="col">{say.lastSeen}</th>
                <th scope="col">{say.actions}</th>
              </tr>
            </thead>
            <tbody>
              {devices.map((device) => (
                <Row
                  key={device.id}
                  device={device}
                  tree={tree}
                  now={list.dataUpdatedAt}
                  onAsk={(kind) => {
                    setOpen({ kind, device });
                  }}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <p>
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {general.more}
          </button>
        </p>
      )}
      {open?.kind === 'bind' && tree && (
        <Bind
          tree={tree}
          room={room}
          onClose={shut}
          onBound={(name, credential) => {
            setOpen({ kind: 'made', name, credential });
            void refresh();
          }}
        />
      )}
      {open?.kind === 'rotate' && (
        <Confirm title={say.rotateTitle(open.device.name)} action={say.rotateNow} onConfirm={() => void rotate(open.device)} onClose={shut}>
          <p>{say.rotateText}</p>
        </Confirm>
      )}
      {open?.kind === 'remove' && (
        <Confirm title={say.removeTitle(open.device.name)} action={say.removeNow} onConfirm={() => void remove(open.device)} onClose={shut}>
          <p>{say.removeText}</p>
        </Confirm>
      )}
      {open?.kind === 'made' && (
        <SecretOnce title={say.credentialTitle(open.name)} name={say.credential} secret={open.credential} note={say.credentialNote} onClose={shut} />
      )}
    </div>
  );
}

function Row({ device, tree, now, onAsk }: { device: Device; tree: Tree | undefined; now: number; onAsk: (kind: 'rotate' | 'remove') => void }) {
  const say = useWords(devicesWords);
  const zone = useSession()?.tenant.time_zone ?? 'UTC';
  const room = tree?.room(device.room_id);
  const seen = device.last_seen === null ? undefined : Date.parse(device.last_seen);
  const isPrinted = device.kind === 'qr_code';
  const isOnline = seen !== undefined && now - seen < SILENT;
  return (
    <tr>
      <th scope="row">{device.name}</th>
      <td title={tree?.path(device.room_id).join(' / ')}>{room?.name ?? device.room_id}</td>
      <td>{say.kinds[device.kind]}</td>
      <td>
        <span className="state" data-state={isPrinted ? 'released' : isOnline ? 'free' : 'absent'}>
          <span aria-hidden="true">{isPrinted ? '–' : isOnline ? '●' : '✕'}</span> {isPrinted ? say.printed : isOnline ? say.online : say.offline}
        </span>{' '}
        {!isPrinted && <span className="muted">{seen === undefined ? say.never : moment(seen, zone)}</span>}
      </td>
      <td>
        <span className="row admin-actions">
          <button
            type="button"
            className="button quiet"
            aria-label={`${say.rotate} ${device.name}`}
            onClick={() => {
              onAsk('rotate');
            }}
          >
            {say.rotate}
          </button>
          <button
            type="button"
            className="button quiet danger"
            aria-label={`${say.remove} ${device.name}`}
            onClick={() => {
              onAsk('remove');
            }}
          >
            {say.remove}
          </button>
        </span>
      </td>
    </tr>
  );
}
