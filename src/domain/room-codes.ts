import { timingSafeEqual } from 'node:crypto';
import type { Ctx } from '../context.ts';
import { administers, type Principal } from './access.ts';
import { DomainError } from './errors.ts';
import { requireRoom } from './rooms.ts';

/*
 * The QR code at a door carries a code that is good for a minute or two: a photo of it is no key. Whoever opens it has the code
 * changed at once for another that is good for as long as it takes to sign in and to read the page. Both are signatures: nothing of
 * them is kept. They go by the real time, as all credentials do.
 */

/** The door shows another code after so long, and takes each for up to twice that. Seconds. */
const STEP = 60;
/** How long who opened it may take. Seconds. */
const PRESENCE = 600;

const EXPIRY_BYTES = 6;
const MAC_BYTES = 26;

/** `door`: what the QR code carries; `presence`: what it was changed for. */
type Kind = 'door' | 'presence';

/** A code's bytes, and until when it is good. */
export interface RoomCode {
  secret: Buffer;
  /** Epoch seconds. */
  expires: number;
}

/**
 * The code that the door of a room is to show now.
 *
 * @throws DomainError notFound; noPermission for all but the room's devices and its reservation administrators
 */
export async function roomCode(ctx: Ctx, principal: Principal, roomId: string): Promise<RoomCode> {
  const { tenantId, device } = principal;
  const directory = await ctx.directories.get(tenantId, principal.directoryVersion);
  const room = requireRoom(directory, roomId);
  if (device && device.roomNo !== room.room_no) throw new DomainError('notFound', `no room ${roomId}`);
  if (device ? device.kind === 'sensor' : !administers(directory, principal, room))
    throw new DomainError('noPermission', "only the room's devices and its administrators show its code");
  return doorCode(ctx, tenantId, roomId);
}

/** The same, whoever asks. */
export function doorCode(ctx: Ctx, tenantId: number, roomId: string): RoomCode {
  return signed(ctx, 'door', tenantId, roomId, (Math.floor(realSeconds(ctx) / STEP) + 2) * STEP);
}

/** Changes what a QR code carried for a code that is good for ten minutes. @throws DomainError badCode */
export function exchangeRoomCode(ctx: Ctx, roomId: string, { tenantId, secret }: { tenantId: number; secret: Buffer }): RoomCode {
  if (!isGood(ctx, 'door', tenantId, roomId, secret)) throw badCode();
  return signed(ctx, 'presence', tenantId, roomId, realSeconds(ctx) + PRESENCE);
}

/** @throws DomainError badCode unless it is a code of the room that is good still */
export function requireRoomCode(ctx: Ctx, tenantId: number, roomId: string, code: { tenantId: number; secret: Buffer } | undefined): void {
  const kinds: readonly Kind[] = ['door', 'presence'];
  if (code?.tenantId !== tenantId || !kinds.some((kind) => isGood(ctx, kind, tenantId, roomId, code.secret))) throw badCode();
}

function badCode(): DomainError {
  return new DomainError('badCode', 'the code is no longer good, or of another room: scan the one that the door shows now');
}

function signed(ctx: Ctx, kind: Kind, tenantId: number, roomId: string, expires: number): RoomCode {
  const time = Buffer.alloc(EXPIRY_BYTES);
  time.writeUIntBE(expires, 0, EXPIRY_BYTES);
  const mac = ctx.keys.hmac('room code', `${kind} ${String(tenantId)} ${roomId} ${String(expires)}`).subarray(0, MAC_BYTES);
  return { secret: Buffer.concat([time, mac]), expires };
}

function isGood(ctx: Ctx, kind: Kind, tenantId: number, roomId: string, secret: Buffer): boolean {
  const expires = secret.readUIntBE(0, EXPIRY_BYTES);
  const expected = signed(ctx, kind, tenantId, roomId, expires).secret;
  return expected.length === secret.length && timingSafeEqual(expected, secret) && expires > realSeconds(ctx);
}

function realSeconds(ctx: Ctx): number {
  return Math.floor(ctx.clock.realMs() / 1000);
}
